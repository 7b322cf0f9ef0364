"""Administrators are told what they must know, once each, and not too often."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from portal.audit.event import EventKind
from portal.database import people
from portal.database.outbox import Message
from portal.notifications.administrators import AdministratorNotice
from portal.services import BrowserOrigin
from portal.visits.administrator_notices import AdministratorNotices
from portal.visits.notices import Notices
from tests.fixtures.portal.running import ANNA, BEN, Running, running

IT, DESK = "it@contoso.test", "desk@contoso.test"
ORIGIN = BrowserOrigin("198.51.100.9")


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Running]:
    """A portal whose administrators and help desk are told by mail."""
    wished = {"administrators": [IT], "help_desk": [DESK], "per_hour": 3}
    async with running(tmp_path, notify=wished) as run:
        services = run.portal.services
        with services.database.begin() as connection:
            for each in (ANNA, BEN):
                people.save(
                    connection,
                    each.guid,
                    domain="contoso",
                    name=each.name,
                    upn=each.upn,
                    language="en",
                )
        run.mails()  # what the start itself told
        yield run


def _record(portal: Running, kind: EventKind, **fields: Any) -> list[Message]:
    services = portal.portal.services
    with services.database.begin() as connection:
        Notices(services).record(connection, kind, "visit-1", ORIGIN, **fields)
    return portal.mails()


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ({"code": "ok", "two_proof": True}, "two_method_reset", "anna@contoso.test"),
        (
            {"code": "partial", "actor": BEN.guid},
            "help_desk_reset",
            "by ben@contoso.test",
        ),
        ({"code": "breaker_open"}, "breaker_open", "writeback breaker close"),
    ],
)
async def test_a_reset_that_is_told(
    told: Running, fields: dict[str, Any], kind: str, words: str
) -> None:
    (mail,) = _record(told, EventKind.PASSWORD_RESET, person=ANNA.guid, **fields)
    assert (mail.kind, mail.to) == (kind, IT)
    assert words in mail.subject + mail.text
    assert "Why:" in mail.text
    assert "What to do:" in mail.text
    assert "visit-1" in mail.text


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "ok"},
        {"code": "too_short", "two_proof": True},
        {"code": "in_history", "actor": BEN.guid},
    ],
)
async def test_a_usual_or_a_refused_reset_is_not(
    told: Running, fields: dict[str, Any]
) -> None:
    assert _record(told, EventKind.PASSWORD_RESET, person=ANNA.guid, **fields) == []


async def test_this_was_not_me_is_told_to_the_help_desk_too(told: Running) -> None:
    mails = _record(told, EventKind.BLOCKED, person=ANNA.guid, by="mail")
    assert {mail.to for mail in mails} == {IT, DESK}
    assert "This wasn't me" in mails[0].subject
    # who is blocked by the help desk is no news to it
    assert (
        _record(told, EventKind.BLOCKED, person=ANNA.guid, actor=BEN.guid, by="x") == []
    )


async def test_the_agents_say_whether_administrators_are_told(told: Running) -> None:
    told.agent.ready["self_service"]["notify"] = {"administrators": False}
    await told.portal.services.agents.look()
    fields = {"person": ANNA.guid, "code": "ok", "two_proof": True}
    assert _record(told, EventKind.PASSWORD_RESET, **fields) == []
    # the help desk must know whatever the agents say: somebody will call
    (mail,) = _record(told, EventKind.BLOCKED, person=ANNA.guid, by="mail")
    assert mail.to == DESK


async def test_a_flood_is_held_back_and_said_so(told: Running) -> None:
    services = told.portal.services
    fields = {"person": ANNA.guid, "code": "ok", "two_proof": True}
    mails = [
        mail
        for _ in range(10)
        for mail in _record(told, EventKind.PASSWORD_RESET, **fields)
    ]
    assert len(mails) == 3
    # another kind has its own
    assert len(_record(told, EventKind.BLOCKED, person=ANNA.guid, by="mail")) == 2
    notices = AdministratorNotices(services)
    await services.database.run(notices.say_held_back)
    assert told.mails() == []
    told.clock.now += 3600
    await services.database.run(notices.say_held_back)
    (mail,) = [each for each in told.mails() if each.kind == "held_back"]
    assert mail.subject == "7 notices were held back"
    assert "two_method_reset" in mail.text
    await services.database.run(notices.say_held_back)
    assert told.mails() == []
    assert len(_record(told, EventKind.PASSWORD_RESET, **fields)) == 1


async def test_a_state_is_told_when_it_begins_alone(told: Running) -> None:
    notices = AdministratorNotices(told.portal.services)

    def once(subject: str) -> list[Message]:
        with told.portal.services.database.begin() as connection:
            notices.once(
                connection,
                AdministratorNotice.NEW_AGENT,
                subject,
                agent="srv1",
                domain="contoso",
                fingerprint="AAAA",
            )
        return told.mails()

    assert len(once("one")) == 1
    assert once("one") == []
    assert len(once("two")) == 1
