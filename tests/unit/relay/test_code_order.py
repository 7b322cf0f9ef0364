"""Codes that a portal orders: by its owner's leave, for one agent, short and few."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from relay.cli.main import main
from relay.code_order import MOST_OPEN
from tests.fixtures.relay_stage import Enrolled, RelayStage
from tests.unit.relay.test_enrolment import enrol
from wire.enrolment.code_order import LONGEST_S, sign_code_order
from wire.enrolment_code import RelayHalf
from wire.keys import PrivateKeys, fingerprint_digest

HOST = "localhost"


@pytest.fixture
async def client(stage: RelayStage) -> AsyncIterator[aiohttp.ClientSession]:
    async with stage.client() as session:
        yield session


def allow(stage: RelayStage) -> None:
    stage.store.put_portal(replace(stage.portal, orders_codes=True))


def meant(stage: RelayStage, name: str = "agent1") -> Enrolled:
    """Make an agent, and a code as its portal makes one."""
    digest = fingerprint_digest(stage.portal_keys.public.jwks())
    return Enrolled(name, RelayHalf.new().joined(digest))


def order(stage: RelayStage, agent: Enrolled, **other: Any) -> bytes:
    now = other.get("now", int(time.time()))
    return sign_code_order(
        other.get("keys", stage.portal_keys),
        (stage.portal.issuer, other.get("aud", HOST)),
        (agent.name, agent.keys.public.signing.thumbprint()),
        (agent.code.lookup, other.get("until", now + 600)),
        now,
    )


async def ask(client: aiohttp.ClientSession, body: bytes) -> tuple[int, dict[str, Any]]:
    async with client.post("/$enrol/codes", data=body) as answer:
        return answer.status, await answer.json()


async def test_the_agent_that_is_named_enrols_and_no_other(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    allow(stage)
    agent = meant(stage)
    assert (await ask(client, order(stage, agent)))[0] == 201
    thief = Enrolled("agent1", agent.code)  # the code was read on the way
    assert (await enrol(client, thief.application))[0] == 403
    renamed = Enrolled("agent2", agent.code, keys=agent.keys)
    assert (await enrol(client, renamed.application))[0] == 403
    assert (await enrol(client, agent.application))[0] == 201


async def test_nothing_is_ordered_without_leave(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = meant(stage)
    status, body = await ask(client, order(stage, agent))
    assert (status, body["reason"]) == (403, "not_allowed")
    assert "allow-codes acme" in body["remedy"]
    assert stage.store.code(agent.code.lookup) is None


async def test_another_key_orders_nothing_in_a_portals_name(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    allow(stage)
    forged = order(stage, meant(stage), keys=PrivateKeys.generate())
    status, body = await ask(client, forged)
    assert (status, body["reason"]) == (403, "unknown_portal")
    assert stage.store.codes() == []


@pytest.mark.parametrize(
    ("aud", "now", "until"),
    [
        ("other.test", 0, 600),
        (None, 0, LONGEST_S + 900),
        (None, 0, -1),
        (None, -900, 60),
    ],
)
async def test_an_order_is_for_this_relay_now_and_short(
    stage: RelayStage,
    client: aiohttp.ClientSession,
    aud: str | None,
    now: int,
    until: int,
) -> None:
    """Times are in seconds from when it is asked, however long other tests took."""
    allow(stage)
    clock = int(time.time())
    other: dict[str, Any] = {"now": clock + now, "until": clock + until}
    other |= {} if aud is None else {"aud": aud}
    assert (await ask(client, order(stage, meant(stage), **other)))[0] == 400
    assert stage.store.codes() == []


async def test_the_same_order_again_is_no_mistake(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    allow(stage)
    body = order(stage, meant(stage))
    assert [(await ask(client, body))[0] for _ in range(2)] == [201, 200]
    assert len(stage.store.codes()) == 1


async def test_a_name_that_another_agent_has_is_refused_at_once(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    allow(stage)
    await stage.enrol("agent1")
    status, body = await ask(client, order(stage, meant(stage)))
    assert (status, body["reason"]) == (409, "name_taken")


async def test_few_are_open_at_once_and_those_that_ended_do_not_count(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    allow(stage)
    for at in range(MOST_OPEN):
        assert (await ask(client, order(stage, meant(stage, f"agent{at}"))))[0] == 201
    status, body = await ask(client, order(stage, meant(stage, "one-more")))
    assert (status, body["reason"]) == (429, "too_many")
    stage.store._db.execute("UPDATE codes SET expires_at = 1")
    assert (await ask(client, order(stage, meant(stage, "one-more"))))[0] == 201
    assert len(stage.store.codes()) == 1


async def test_the_owner_allows_and_refuses(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    data = ["--data", str(stage.folder / "data")]
    assert main(["portal", "allow-codes", "acme", *data]) == 0
    assert (await ask(client, order(stage, meant(stage))))[0] == 201
    assert main(["portal", "refuse-codes", "acme", *data]) == 0
    assert (await ask(client, order(stage, meant(stage, "agent2"))))[0] == 403


async def test_hostile_bytes_are_refused_in_words(
    client: aiohttp.ClientSession,
) -> None:
    for body in (b"", b"x" * 9000, b"a.b.c", b"{}", b"e30.e30.e30"):
        status, answer = await ask(client, body)
        assert status in (400, 403), body[:10]
        assert answer["error"]
