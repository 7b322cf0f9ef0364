"""What no request tells: a new agent, a copy, settings that differ, mails that wait."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from portal.agents.answer import Ready
from portal.agents.differences import Statement, policies
from portal.database import outbox
from portal.database.outbox import Message
from portal.templating import Templates
from portal.visits.administrator_watch import AdministratorWatch
from tests.fixtures.portal.running import Running, running

IT = "it@contoso.test"


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, notify={"administrators": [IT]}) as run:
        yield run


async def _mails(portal: Running) -> list[Message]:
    await AdministratorWatch(portal.portal.services).once()
    return portal.mails()


async def test_a_new_agent_is_told_once(told: Running) -> None:
    (mail,) = await _mails(told)
    assert (mail.kind, mail.to) == ("new_agent", IT)
    assert told.agent.keys.public.fingerprint in mail.text
    assert await _mails(told) == []


async def test_a_copy_is_told_when_it_begins(told: Running) -> None:
    await _mails(told)
    for starts, kinds in (
        (2, ["agent_restored"]),
        (2, []),
        (4, []),
        (1, ["agent_restored"]),
    ):
        told.agent.starts = starts
        await told.portal.services.agents.look()
        assert [mail.kind for mail in await _mails(told)] == kinds, starts


async def test_messages_that_wait_are_told(told: Running) -> None:
    await _mails(told)
    services = told.portal.services
    with services.database.begin() as connection:
        message = Message("mail", "code", None, "a@x", "s", "t")
        services.outbox.put(connection, message, told.clock.now, 86_400)
        queued = services.outbox.take(connection, told.clock.now)
        assert queued is not None
        outbox.mark_failed(
            connection, queued.id, "the server answered 451", float("inf")
        )
    assert await _mails(told) == []
    told.clock.now += 601
    (mail,) = [each for each in await _mails(told) if each.kind == "messages_failing"]
    assert "the server answered 451" in mail.text
    told.clock.now += 1
    assert "messages_failing" not in [each.kind for each in await _mails(told)]


def _ready(**self_service: object) -> Ready:
    said = {"ready": True, "paused": False, "directory": True, "starts": 1}
    return Ready.model_validate(
        {**said, "self_service": {"who": "all", **self_service}}
    )


def test_agents_of_one_domain_are_compared_and_no_others() -> None:
    one, two = _ready(proofs=1), _ready(proofs=2, operations=["unlock", "reset"])
    found = policies(
        [
            Statement("srv1", "contoso", one),
            Statement("srv2", "contoso", two),
            Statement("srv3", "fabrikam", two),
        ]
    )
    assert [(each.domain, each.differing) for each in found] == [
        ("contoso", ("operations", "proofs")),
        ("fabrikam", ()),
    ]
    assert found[0].values["proofs"] == (1, 2)


def test_an_order_of_words_is_no_difference() -> None:
    one = _ready(operations=["unlock", "reset"])
    two = _ready(operations=["reset", "unlock"])
    found = policies([Statement("a", "x", one), Statement("b", "x", two)])
    assert found[0].differing == ()


def test_a_difference_is_named_in_words() -> None:
    found = policies(
        [
            Statement("srv1", "contoso", _ready(proofs=1)),
            Statement("srv2", "contoso", _ready(proofs=2)),
        ]
    )
    mail = Templates().mail(
        "administrators/agents_differ", "en", policies=found, base_url="https://x"
    )
    assert "The agents of contoso (srv1, srv2) stand in for each other" in mail.text
    assert "- Verification methods asked for" in mail.text
