"""Enrolment over HTTP: one use, repeatable, undoable."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    shared_key,
    until,
)
from wire.keys import PrivateKeys


@pytest.fixture
async def client(stage: RelayStage) -> AsyncIterator[aiohttp.ClientSession]:
    async with stage.client() as session:
        yield session


async def enrol(
    client: aiohttp.ClientSession, application: object
) -> tuple[int, dict[str, Any]]:
    async with client.post("/$enrol", json=application) as answer:
        return answer.status, await answer.json()


async def look_up(
    client: aiohttp.ClientSession, agent: Enrolled
) -> tuple[int, dict[str, Any]]:
    async with client.get(f"/$enrol/{agent.code.lookup}") as answer:
        return answer.status, await answer.json()


async def forget(
    client: aiohttp.ClientSession, stage: RelayStage, agent: Enrolled
) -> tuple[int, dict[str, Any]]:
    headers = stage.listen_headers(agent)
    async with client.delete(f"/$enrol/{agent.name}", headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_code_is_looked_up_without_using_it(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    portal = {"issuer": stage.portal.issuer, "keys": stage.portal.keys}
    for _ in range(2):
        reply = await look_up(client, agent)
        assert reply == (200, {"state": "open", "portal": portal})
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
        "portal": {"issuer": stage.portal.issuer, "keys": stage.portal.keys},
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


async def test_a_used_code_can_not_replace_the_listen_key(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    thief = Enrolled("agent1", agent.code, keys=agent.keys)
    assert (await enrol(client, thief.application))[0] == 410
    known = stage.store.agent("agent1")
    assert known is not None
    assert known.listen_key == agent.listen_key


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


async def test_undo_forgets_the_agent_and_frees_the_code(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    assert (await forget(client, stage, agent))[0] == 200
    assert stage.store.agent("agent1") is None
    assert (await look_up(client, agent))[1]["state"] == "open"
    assert (await forget(client, stage, agent))[0] == 404
    assert (await enrol(client, agent.application))[0] == 201


async def test_undo_sends_the_listener_away(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled
) -> None:
    async with listening_agent(stage, agent, echo) as linked:
        await forget(client, stage, agent)
        await until(lambda: len(linked.reasons) > 1)
    assert "(1001)" in linked.reasons[0]
    assert "(404)" in linked.reasons[1]


@pytest.mark.parametrize("key_name", ["self-test", "portal-acme"])
async def test_only_the_listen_key_may_undo(
    stage: RelayStage, client: aiohttp.ClientSession, agent: Enrolled, key_name: str
) -> None:
    keys = {"self-test": agent.test_key, "portal-acme": stage.portal.send_key}
    token = stage.token("agent1", key=keys[key_name], key_name=key_name)
    headers = {"ServiceBusAuthorization": token}
    async with client.delete("/$enrol/agent1", headers=headers) as answer:
        assert answer.status == 403
    async with client.delete("/$enrol/agent1") as answer:
        assert answer.status == 401
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
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_application_names_its_field(
    stage: RelayStage, client: aiohttp.ClientSession, name: str, value: object
) -> None:
    agent = Enrolled("agent1", stage.new_code())
    status, body = await enrol(client, agent.application | {name: value})
    assert (status, body["field"]) == (400, name)
    assert (await look_up(client, agent))[1]["state"] == "open"


async def test_one_key_for_both_rights_is_refused(
    stage: RelayStage, client: aiohttp.ClientSession
) -> None:
    key = shared_key()
    agent = Enrolled("agent1", stage.new_code(), listen_key=key, test_key=key)
    status, body = await enrol(client, agent.application)
    assert (status, body["field"]) == (400, "test_key")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_what_is_no_application_is_refused(
    client: aiohttp.ClientSession, body: bytes
) -> None:
    async with client.post("/$enrol", data=body) as answer:
        assert answer.status == 400
        assert set(await answer.json()) == {"error", "remedy", "field"}
