"""Enrolment over HTTP: one use, repeatable, withdrawn by who is enrolled alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from relay.cli.main import main
from relay.database.store import utc
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    shared_key,
    until,
)
from wire import jose
from wire.agent_statements import (
    APPLICATION,
    ROTATION,
    WITHDRAWAL,
    sign_withdrawal,
)
from wire.keys import PrivateKeys

HOST = "localhost"


@pytest.fixture
async def client(stage: RelayStage) -> AsyncIterator[aiohttp.ClientSession]:
    async with stage.client() as session:
        yield session


async def enrol(
    client: aiohttp.ClientSession, application: bytes
) -> tuple[int, dict[str, Any]]:
    async with client.post("/$enrol", data=application) as answer:
        return answer.status, await answer.json()


async def look_up(
    client: aiohttp.ClientSession, agent: Enrolled
) -> tuple[int, dict[str, Any]]:
    async with client.get(f"/$enrol/{agent.code.lookup}") as answer:
        return answer.status, await answer.json()


async def withdraw(
    client: aiohttp.ClientSession, agent: Enrolled, body: bytes | None = None
) -> tuple[int, dict[str, Any]]:
    body = body or sign_withdrawal(agent.keys, agent.name, HOST)
    async with client.delete(f"/$enrol/{agent.name}", data=body) as answer:
        return answer.status, await answer.json()


def signed(agent: Enrolled, claims: dict[str, Any], kind: str = APPLICATION) -> bytes:
    """Sign an application with some claims of our own."""
    payload = jose.read_signed(agent.application, agent.keys.public, APPLICATION)
    return jose.sign(payload | claims, agent.keys, kind)


async def test_a_code_is_looked_up_without_using_it(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    (code,) = stage.store.codes()
    told = {"state": "open", "portal": stage.portal.statement}
    for _ in range(2):
        reply = await look_up(client, agent)
        assert reply == (200, told | {"expires_at": utc(code.expires_at)})
    assert (await enrol(client, agent.application))[0] == 201


async def test_an_agent_enrols_and_listens(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    status, body = await enrol(client, agent.application)
    assert status == 201
    assert body == {
        "connection": "agent1",
        "listen_key_name": "listen",
        "test_key_name": "self-test",
        "portal": stage.portal.statement,
    }
    assert (await look_up(client, agent))[1]["state"] == "used"
    async with listening_agent(stage, agent, echo):
        token = stage.token("agent1", key=agent.test_key, key_name="self-test")
        headers = {"ServiceBusAuthorization": token}
        async with client.post("/agent1", data=b"x", headers=headers) as answer:
            assert (answer.status, await answer.read()) == (200, b"x")


async def test_the_same_enrolment_again_is_no_mistake(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    first = await enrol(client, agent.application)
    again = await enrol(client, agent.application)
    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]


async def test_a_used_code_says_by_whom_and_when(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    other = Enrolled("agent2", agent.code)
    status, body = await enrol(client, other.application)
    assert (status, body["agent"]) == (410, "agent1")
    assert body["used_at"].endswith("Z")
    assert stage.store.agent("agent2") is None


async def test_a_used_code_serves_the_key_that_used_it_alone(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    thief = Enrolled("agent1", agent.code)
    assert (await enrol(client, thief.application))[0] == 410
    # who reads the name and the public keys has not the key that signs
    forged = signed(thief, {"keys": agent.keys.public.jwks()})
    assert (await enrol(client, forged))[0] == 400
    known = stage.store.agent("agent1")
    assert known is not None
    assert known.listen_key == agent.listen_key
    again = Enrolled("agent1", agent.code, keys=agent.keys)
    assert (await enrol(client, again.application))[0] == 201
    known = stage.store.agent("agent1")
    assert known is not None
    assert known.listen_key == again.listen_key


async def test_an_expired_code_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code(hours=-1))
    assert (await look_up(client, agent))[1]["state"] == "expired"
    status, body = await enrol(client, agent.application)
    assert (status, body["error"]) == (410, "the code has expired")
    assert stage.store.agent("agent1") is None


async def test_an_unknown_code_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    stranger = Enrolled("agent1", type(agent.code)(bytes(16), agent.code.portal))
    assert (await look_up(client, stranger))[0] == 404
    assert (await enrol(client, stranger.application))[0] == 404


async def test_a_name_that_other_keys_have_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    other = Enrolled("agent1", stage.new_code())
    status, body = await enrol(client, other.application)
    assert status == 409
    assert "agent1" in body["error"]
    assert (await look_up(client, other))[1]["state"] == "open"


async def test_the_same_keys_may_enrol_again_with_a_new_code(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    again = Enrolled("agent1", stage.new_code(), keys=agent.keys)
    assert (await enrol(client, again.application))[0] == 201
    async with listening_agent(stage, again, echo):
        pass


async def test_a_new_enrolment_sends_the_old_listener_away(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    again = Enrolled("agent1", stage.new_code(), keys=agent.keys)
    async with listening_agent(stage, agent, echo) as linked:
        await enrol(client, again.application)
        await until(lambda: len(linked.reasons) > 1)
    assert "(1001)" in linked.reasons[0]
    assert "(401)" in linked.reasons[1]


async def test_another_portals_code_does_not_take_an_agent_over(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    stage.add_portal("globex", PrivateKeys.generate())
    code = stage.new_code(portal="globex")
    thief = Enrolled("agent1", code, keys=agent.keys)
    assert (await enrol(client, thief.application))[0] == 409


async def test_a_withdrawn_agent_is_forgotten_and_its_code_stays_used(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    assert (await withdraw(client, agent))[0] == 200
    assert stage.store.agent("agent1") is None
    assert (await look_up(client, agent))[1]["state"] == "used"
    assert (await withdraw(client, agent))[0] == 404
    other = Enrolled("agent1", agent.code)
    assert (await enrol(client, other.application))[0] == 410
    assert (await enrol(client, agent.application))[0] == 201


@pytest.mark.parametrize("codes", [1, 2])
async def test_who_was_forgotten_stays_so(
    client: aiohttp.ClientSession, stage: RelayStage, agent: Enrolled, codes: int
) -> None:
    first = agent.application
    if codes == 2:
        agent.code = stage.new_code()
        assert (await enrol(client, agent.application))[0] == 201
    command = ["forget", agent.name, "--data", str(stage.folder / "data")]
    assert await asyncio.to_thread(main, command) == 0
    for application in (first, agent.application):
        status, answer = await enrol(client, application)
        assert (status, answer["agent"]) == (410, agent.name)
    assert stage.store.agent(agent.name) is None


async def test_a_withdrawn_listener_is_sent_away(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    async with listening_agent(stage, agent, echo) as linked:
        await withdraw(client, agent)
        await until(lambda: len(linked.reasons) > 1)
    assert "(1001)" in linked.reasons[0]
    assert "(404)" in linked.reasons[1]


async def test_the_listen_key_withdraws_nothing(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    headers = stage.listen_headers(agent)
    async with client.delete("/$enrol/agent1", headers=headers) as answer:
        assert answer.status == 403
    thief = Enrolled("agent1", agent.code, listen_key=agent.listen_key)
    status, body = await withdraw(client, thief)
    assert (status, body["reason"]) == (403, "other_agent")
    assert stage.store.agent("agent1") is not None


async def test_a_withdrawal_is_good_once(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    recorded = sign_withdrawal(agent.keys, agent.name, HOST)
    assert (await withdraw(client, agent, recorded))[0] == 200
    assert (await enrol(client, agent.application))[0] == 201
    status, body = await withdraw(client, agent, recorded)
    assert (status, body["field"]) == (400, "jti")
    assert stage.store.agent("agent1") is not None


ORDERS: dict[str, tuple[str, object]] = {
    "for another relay": ("aud", "relay2.corp.test"),
    "for another agent": ("agent", "agent2"),
    "of yesterday": ("iat", int(time.time()) - 86400),
    "of tomorrow": ("iat", int(time.time()) + 86400),
    "for a year": ("exp", int(time.time()) + 86400 * 365),
    "without an id": ("jti", ""),
    "of another version": ("v", 2),
}


@pytest.mark.parametrize(("name", "value"), ORDERS.values(), ids=ORDERS.keys())
async def test_a_withdrawal_has_its_place_and_time(
    stage: RelayStage,
    client: aiohttp.ClientSession,
    agent: Enrolled,
    name: str,
    value: object,
) -> None:
    whole = sign_withdrawal(agent.keys, agent.name, HOST)
    claims = jose.read_signed(whole, agent.keys.public, WITHDRAWAL) | {name: value}
    body = jose.sign(claims, agent.keys, WITHDRAWAL)
    status, answer = await withdraw(client, agent, body)
    assert (status, answer["field"]) == (400, name)
    other_kind = jose.sign(claims, agent.keys, ROTATION)
    assert (await withdraw(client, agent, other_kind))[0] == 403
    assert stage.store.agent("agent1") is not None


WRONG: dict[str, tuple[str, object]] = {
    "no secret": ("secret", None),
    "a short secret": ("secret", "YWJj"),
    "a secret that is no base64": ("secret", "!" * 22),
    "a name with a slash": ("agent", "a/b"),
    "a name that is a route": ("agent", "$enrol"),
    "an upper-case name": ("agent", "Agent"),
    "no keys": ("keys", []),
    "keys that are no list": ("keys", "x"),
    "private keys": (
        "keys",
        [
            PrivateKeys.generate().signing.as_dict(private=True) | {"use": "sig"},
            PrivateKeys.generate().sealing.as_dict(private=True) | {"use": "enc"},
        ],
    ),
    "a short listen key": ("listen_key", "YWJj"),
    "a number as key": ("test_key", 7),
    "a name for another relay": ("aud", "relay2.corp.test"),
    "a clock that is behind": ("iat", int(time.time()) - 86400),
    "a clock that is ahead": ("iat", int(time.time()) + 86400),
    "another version": ("v", 2),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_application_names_its_field(
    stage: RelayStage, client: aiohttp.ClientSession, name: str, value: object
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    status, body = await enrol(client, signed(agent, {name: value}))
    assert (status, body["field"]) == (400, name)
    assert (await look_up(client, agent))[1]["state"] == "open"


async def test_one_key_for_both_rights_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    key = shared_key()
    agent = Enrolled("agent1", stage.new_code(), listen_key=key, test_key=key)
    status, body = await enrol(client, agent.application)
    assert (status, body["field"]) == (400, "test_key")


async def test_an_application_that_its_key_did_not_sign_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent, thief = (Enrolled("agent1", stage.new_code()) for _ in range(2))
    claims = {"keys": agent.keys.public.jwks()}
    for body in (signed(thief, claims), signed(agent, {}, WITHDRAWAL)):
        status, answer = await enrol(client, body)
        assert (status, answer["field"]) == (400, "body")
    head, _, signature = agent.application.split(b".")
    _, changed, _ = signed(agent, {"agent": "agent2"}).split(b".")
    spliced = b".".join((head, changed, signature))
    assert (await enrol(client, spliced))[0] == 400
    assert stage.store.agents() == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b"a.b", b"..", b"." * 9000, b"x" * 9000]
)
async def test_what_is_no_application_is_refused(
    client: aiohttp.ClientSession, body: bytes
) -> None:
    async with client.post("/$enrol", data=body) as answer:
        assert answer.status == 400
        assert set(await answer.json()) == {"error", "remedy", "field"}
