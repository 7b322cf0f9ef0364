"""Shared keys: changed without a gap, revoked at once; at most so many listeners."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from relay.authorization import FORMER_KEYS_S
from relay.database.records import Agent
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    shared_key,
    until,
)
from wire.agent_statements import sign_rotation

HOST = "localhost"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    stage = RelayStage(tmp_path)
    try:
        await stage.start(look_seconds=0.05)
        yield stage
    finally:
        await stage.stop()
        stage.store.close()


def with_new_keys(agent: Enrolled) -> Enrolled:
    return replace(agent, listen_key=shared_key(), test_key=shared_key())


async def rotate(stage: RelayStage, new: Enrolled, body: bytes | None = None) -> int:
    body = body or sign_rotation(new.keys, new.name, HOST, new.shared)
    async with (
        stage.client() as client,
        client.put(f"/$enrol/{new.name}", data=body) as answer,
    ):
        return answer.status


async def dialled(stage: RelayStage, agent: Enrolled) -> int:
    """Listen for a moment; give the status of the handshake."""
    try:
        async with stage.listening(agent):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


def known(stage: RelayStage, agent: Enrolled) -> Agent:
    found = stage.store.agent(agent.name)
    assert found is not None
    return found


async def test_both_keys_are_good_until_the_new_one_is_used(
    stage: RelayStage, agent: Enrolled
) -> None:
    new = with_new_keys(agent)
    assert await rotate(stage, new) == 200
    assert await dialled(stage, agent) == 101
    assert known(stage, agent).former_until is None
    assert await dialled(stage, new) == 101
    until_ = known(stage, agent).former_until
    assert until_ is not None
    assert await dialled(stage, agent) == 101  # as it hands over
    past = replace(known(stage, agent), former_until=until_ - FORMER_KEYS_S - 1)
    stage.store.put_agent(past)
    assert await dialled(stage, agent) == 401
    assert await dialled(stage, new) == 101


async def test_an_agent_cut_off_between_order_and_use_is_not_locked_out(
    stage: RelayStage, agent: Enrolled
) -> None:
    for _ in range(3):
        assert await rotate(stage, with_new_keys(agent)) == 200
        assert await dialled(stage, agent) == 101


async def test_requests_arrive_while_the_keys_change(
    stage: RelayStage, agent: Enrolled
) -> None:
    new = with_new_keys(agent)
    async with (
        listening_agent(stage, agent, echo),
        stage.client() as client,
    ):
        await rotate(stage, new)
        async with listening_agent(stage, new, echo):
            for each in (agent, new):
                token = stage.token("agent1", key=each.test_key, key_name="self-test")
                headers = {"ServiceBusAuthorization": token}
                async with client.get("/agent1", headers=headers) as answer:
                    assert answer.status == 200


async def test_only_the_agent_itself_changes_its_keys(
    stage: RelayStage, agent: Enrolled
) -> None:
    thief = Enrolled("agent1", agent.code, listen_key=agent.listen_key)
    assert await rotate(stage, with_new_keys(thief)) == 403
    new = with_new_keys(agent)
    body = sign_rotation(agent.keys, "agent1", "relay2.corp.test", new.shared)
    assert await rotate(stage, new, body) == 400
    body = sign_rotation(agent.keys, "agent1", HOST, (new.shared[0], new.shared[0]))
    assert await rotate(stage, new, body) == 400
    assert known(stage, agent).listen_key == agent.listen_key


async def test_a_listener_goes_when_its_key_is_revoked(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with listening_agent(stage, agent, echo) as linked:
        stage.store.put_agent(replace(known(stage, agent), listen_key="", test_key=""))
        await until(lambda: len(linked.reasons) > 1)
    assert "(1008)" in linked.reasons[0]
    assert "(401)" in linked.reasons[1]
    new = with_new_keys(agent)
    assert await rotate(stage, new) == 200
    assert await dialled(stage, new) == 101
    # what is revoked is no key: an empty one signs nothing
    assert await dialled(stage, replace(agent, listen_key="")) == 401


async def test_four_may_listen_for_an_agent(stage: RelayStage, agent: Enrolled) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(stage.listening(agent))
        assert await dialled(stage, agent) == 429
    await until(lambda: stage.listeners(agent) == 0)
    assert await dialled(stage, agent) == 101


async def test_who_has_a_former_key_does_not_keep_the_agent_out(
    stage: RelayStage, agent: Enrolled
) -> None:
    new = with_new_keys(agent)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(stage.listening(agent))
        assert await rotate(stage, new) == 200
        async with listening_agent(stage, new, echo):
            pass


async def test_two_send_keys_are_good_while_a_portal_changes_them(
    stage: RelayStage, agent: Enrolled
) -> None:
    portal = replace(
        stage.portal,
        send_key=shared_key(),
        former_send_key=stage.portal.send_key,
        former_until=2**40,
    )
    stage.store.put_portal(portal)

    async def status(key: str) -> int:
        headers = {"ServiceBusAuthorization": stage.token("agent1", key=key)}
        async with (
            stage.client() as client,
            client.get("/agent1", headers=headers) as answer,
        ):
            return answer.status

    assert portal.former_send_key is not None
    async with listening_agent(stage, agent, echo):
        assert await status(portal.send_key) == 200
        assert await status(portal.former_send_key) == 200
        stage.store.put_portal(replace(portal, former_until=1))
        assert await status(portal.send_key) == 200
        assert await status(portal.former_send_key) == 401
