"""Who has one Send key, and means ill: the relay's memory and other portals stand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from relay.broker import MOST_WAITING, Exchange, TooMany
from relay.connections.limits import Limits
from relay.frames import Request
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.unit.relay.connections.test_strangers import Stranger
from wire import sas
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys

BODY = 100_000
REQUEST = Request("GET", "/agent1", (), b"", "192.0.2.1", 1)
LIMITS = Limits(
    strangers=16,
    strangers_per_source=16,
    senders=16,
    listeners=8,
    senders_per_owner=8,
    held_bytes=5 * BODY,
    held_bytes_per_owner=3 * BODY,
)
IMPATIENT = replace(LIMITS, read_s=0.5)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, limits=LIMITS) as running:
        yield running


@pytest.fixture
async def impatient(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, limits=IMPATIENT) as running:
        yield running


class Senders:
    """Connections by hand, each with a request that is sent without its last byte."""

    def __init__(self, stage: RelayStage) -> None:
        self._stage = stage
        self.opened: list[Stranger] = []

    async def send(self, size: int, token: str, agent: str = "agent1") -> Stranger:
        sender = await Stranger.connect(self._stage)
        head = f"POST /{agent} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}"
        head += f"\r\nServiceBusAuthorization: {token}\r\n\r\n"
        sender.writer.write(head.encode() + b"x" * (size - 1))
        await sender.writer.drain()
        self.opened.append(sender)
        return sender

    def close(self) -> None:
        for each in self.opened:
            each.writer.transport.abort()


async def status_of(sender: Stranger) -> bytes:
    async with asyncio.timeout(20):
        return (await sender.reader.readline()).split()[1]


async def test_bodies_that_are_held_are_bounded_by_key_and_in_all(
    stage: RelayStage, agent: Enrolled
) -> None:
    other = stage.add_portal("zenith", PrivateKeys.generate())
    await stage.enrol("agent2", portal="zenith")
    audience = "http://localhost/agent2"
    of_other = sas.sign(other.send_key, other.send_key_name, audience, 99_999_999_999)
    senders = Senders(stage)
    with contextlib.closing(senders):
        for _ in range(3):
            await senders.send(BODY, stage.token("agent1"))
        refused = await senders.send(BODY, stage.token("agent1"))
        assert await status_of(refused) == b"503"
        # another key is served meanwhile
        honest = await senders.send(BODY, of_other, "agent2")
        honest.writer.write(b"x")
        assert await status_of(honest) == b"502"  # nobody listens
        for _ in range(2):
            await senders.send(BODY, of_other, "agent2")
        refused = await senders.send(BODY, of_other, "agent2")
        assert await status_of(refused) == b"503"
    async with listening_agent(stage, agent, echo), stage.client() as client:
        headers = stage.send_headers("agent1")
        for _ in range(5):  # what was held is given back
            async with client.post("/agent1", data=b"x" * BODY, headers=headers) as ok:
                assert (ok.status, len(await ok.read())) == (200, BODY)


async def test_one_key_takes_no_more_than_its_share_of_the_connections(
    stage: RelayStage, agent: Enrolled
) -> None:
    senders = Senders(stage)
    with contextlib.closing(senders):
        for _ in range(LIMITS.senders_per_owner):
            await senders.send(10, stage.token("agent1"))
        refused = await senders.send(10, stage.token("agent1"))
        assert await status_of(refused) == b"503"
        # the agent's own key is another
        own = stage.token("agent1", key=agent.test_key, key_name="self-test")
        mine = await senders.send(10, own)
        mine.writer.write(b"x")
        assert await status_of(mine) == b"502"


async def test_an_answer_that_nobody_reads_is_given_up(
    impatient: RelayStage,
) -> None:
    async def endless(_request: RelayRequest) -> RelayResponse:
        return RelayResponse(200, {}, b"x" * 290_000)

    stage = impatient
    agent = await stage.enrol("agent1")
    senders = Senders(stage)
    with contextlib.closing(senders):
        async with listening_agent(stage, agent, endless):
            held = await senders.send(2, stage.token("agent1"))
            ask = "GET /agent1 HTTP/1.1\r\nHost: localhost\r\n"
            ask += f"ServiceBusAuthorization: {stage.token('agent1')}\r\n\r\n"
            held.writer.write(b"x" + ask.encode() * 200)
            await until(lambda: _is_dropped(stage), "dropped")


def _is_dropped(stage: RelayStage) -> bool:
    assert stage._relay is not None
    return stage._relay._registry.drops["an answer that nobody reads"] == 1


async def test_requests_that_wait_for_one_agent_are_bounded() -> None:
    exchange = Exchange()
    names = ("agent1", "agent2")
    exchange.expect(names)  # as after a start, so that they wait
    waiting = [
        asyncio.create_task(exchange.ask("agent1", REQUEST))
        for _ in range(MOST_WAITING)
    ]
    await asyncio.sleep(0)
    with pytest.raises(TooMany):
        await exchange.ask("agent1", REQUEST)
    other = asyncio.create_task(exchange.ask("agent2", REQUEST))
    await asyncio.sleep(0)
    assert not any(each.done() for each in (other, *waiting))
    for each in (other, *waiting):
        each.cancel()
    await asyncio.gather(other, *waiting, return_exceptions=True)
    assert not exchange._waiting
