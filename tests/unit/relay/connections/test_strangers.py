"""Strangers at a relay's port: silent, slow, endless, too many; and who is honest."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from relay.connections.limits import Limits
from tests.fixtures.relay_stage import (
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)

QUICK = Limits(
    strangers=6,
    strangers_per_source=4,
    senders=8,
    listeners=8,
    header_s=0.5,
    body_s=0.5,
    header_bytes=8192,
)
# strangers that may take their time: what ends them is another rule
PATIENT = Limits(strangers=6, strangers_per_source=4, senders=2, listeners=2)


class Stranger:
    """A connection by hand; `tls` unless it never gets that far."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(
        cls, stage: RelayStage, *, tls: bool = True, source: str = "127.0.0.1"
    ) -> "Stranger":
        context: ssl.SSLContext | None = stage.client_tls if tls else None
        opened = await asyncio.open_connection(
            "127.0.0.1",
            stage.port,
            ssl=context,
            server_hostname="localhost" if tls else None,
            local_addr=(source, 0),
        )
        return cls(*opened)

    async def dribble(self, piece: bytes) -> None:
        """Send a piece now and then, until the relay has had enough."""
        with contextlib.suppress(OSError):
            while not self.reader.at_eof():
                self.writer.write(piece)
                await self.writer.drain()
                await asyncio.sleep(0.02)

    async def is_dropped(self) -> bool:
        """Wait for the relay to end the connection."""
        with contextlib.suppress(OSError):
            async with asyncio.timeout(20):
                await self.reader.read()
        self.writer.close()
        return True


@pytest.fixture
async def quick(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, limits=QUICK) as running:
        yield running


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, limits=PATIENT) as running:
        yield running


@pytest.mark.parametrize("tls", [True, False])
async def test_a_silent_stranger_is_dropped(quick: RelayStage, *, tls: bool) -> None:
    stranger = await Stranger.connect(quick, tls=tls)
    assert await stranger.is_dropped()


async def test_a_handshake_without_end_is_dropped(quick: RelayStage) -> None:
    stranger = await Stranger.connect(quick, tls=False)
    # the head of a TLS record that says 16 KiB follow
    stranger.writer.write(b"\x16\x03\x01\x40\x00")
    await stranger.dribble(b"\x01")
    assert await stranger.is_dropped()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /agent1 HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /$enrol HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n",
        (
            b"POST /$enrol HTTP/1.1\r\nHost: localhost\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n2000\r\n"
        ),
    ],
    ids=["header", "body", "chunk"],
)
async def test_who_dribbles_is_dropped(quick: RelayStage, head: bytes) -> None:
    stranger = await Stranger.connect(quick)
    stranger.writer.write(head)
    await stranger.dribble(b"x")
    assert await stranger.is_dropped()


async def test_a_stranger_that_was_answered_has_the_time_of_a_header(
    quick: RelayStage,
) -> None:
    stranger = await Stranger.connect(quick)
    stranger.writer.write(b"GET /agent1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await stranger.reader.readline()).startswith(b"HTTP/1.1 401 ")
    assert await stranger.is_dropped()


async def test_who_never_reads_its_answers_is_dropped(quick: RelayStage) -> None:
    stranger = await Stranger.connect(quick)
    ask = b"GET /agent1 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(20):
            while True:
                stranger.writer.write(ask * 200)
                await stranger.writer.drain()
    assert stranger.writer.is_closing() or await stranger.is_dropped()


async def test_a_header_without_end_is_dropped_before_its_time(
    patient: RelayStage,
) -> None:
    stranger = await Stranger.connect(patient)
    stranger.writer.write(b"GET /agent1 HTTP/1.1\r\nHost: localhost\r\n")
    number = 0
    with contextlib.suppress(OSError):
        while not stranger.reader.at_eof():
            stranger.writer.write(b"X-%d: " % number + b"y" * 4000 + b"\r\n")
            await stranger.writer.drain()
            number += 1
            await asyncio.sleep(0)
    assert await stranger.is_dropped()


async def test_an_application_may_have_16_kib(quick: RelayStage) -> None:
    async with quick.client() as client:
        async with client.post("/$enrol", data=b"x" * (16 * 1024)) as answer:
            assert answer.status == 400
        async with client.post("/$enrol", data=b"x" * (16 * 1024 + 1)) as answer:
            assert answer.status == 413
            assert "16384" in (await answer.json())["error"]


async def test_who_showed_a_token_has_its_time(quick: RelayStage) -> None:
    agent = await quick.enrol("agent1")
    async with listening_agent(quick, agent, echo), quick.client() as client:
        for _ in range(2):
            headers = quick.send_headers("agent1")
            async with client.post("/agent1", data=b"x", headers=headers) as answer:
                assert answer.status == 200
            # both kept-alive connections outlive a stranger that came after them
            assert await (await Stranger.connect(quick)).is_dropped()
        assert client.connector is not None
        assert len(_open(client.connector)) == 1


async def test_the_stranger_waited_for_the_longest_makes_room(
    patient: RelayStage,
) -> None:
    first, *others = [
        await Stranger.connect(patient, tls=False)
        for _ in range(PATIENT.strangers_per_source + 1)
    ]
    assert await first.is_dropped()
    assert not any(each.reader.at_eof() for each in others)
    for each in others:
        each.writer.close()


async def test_room_is_made_over_all_sources_too(patient: RelayStage) -> None:
    sources = [f"127.0.0.{number}" for number in range(2, PATIENT.strangers + 3)]
    first, *others = [
        await Stranger.connect(patient, tls=False, source=source) for source in sources
    ]
    assert await first.is_dropped()
    assert not any(each.reader.at_eof() for each in others)
    for each in others:
        each.writer.close()


async def test_the_honest_are_served_where_strangers_fill_the_port(
    patient: RelayStage, caplog: pytest.LogCaptureFixture
) -> None:
    agent = await patient.enrol("agent1")
    flood = asyncio.create_task(_flood(patient))
    try:
        async with listening_agent(patient, agent, echo):
            await until(lambda: _lines(caplog) or flood.done(), "the port is full")
            for _ in range(20):
                headers = patient.send_headers("agent1")
                async with (
                    patient.client() as client,
                    client.post("/agent1", data=b"x", headers=headers) as answer,
                ):
                    assert (answer.status, await answer.read()) == (200, b"x")
    finally:
        flood.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await flood
    assert len(_lines(caplog)) == 1


def _lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [each for each in caplog.records if each.name == "relay.connections"]


async def _flood(stage: RelayStage) -> None:
    """Have always more strangers than fit."""
    held: list[Stranger] = []
    number = 0
    try:
        while True:
            number += 1
            source = f"127.0.0.{number % 5 + 2}"
            with contextlib.suppress(OSError):  # dropped before it was all there
                held.append(await Stranger.connect(stage, tls=False, source=source))
            if len(held) > 10:
                held.pop(0).writer.close()
            await asyncio.sleep(0.01)
    finally:
        for each in held:
            each.writer.close()


async def test_each_kind_has_a_share_of_its_own(patient: RelayStage) -> None:
    """More senders than fit are refused, and no listener is."""
    agent = await patient.enrol("agent1")
    async with contextlib.AsyncExitStack() as held:
        await held.enter_async_context(listening_agent(patient, agent, echo))
        statuses = [
            await _status(await held.enter_async_context(patient.client()), patient)
            for _ in range(PATIENT.senders + 1)
        ]
        assert statuses[-1] == 503
        assert 503 not in statuses[:-1]
        await held.enter_async_context(patient.listening(agent))


async def _status(client: aiohttp.ClientSession, stage: RelayStage) -> int:
    """Send on a new connection, which stays open."""
    async with client.get("/agent1", headers=stage.send_headers("agent1")) as answer:
        return answer.status


async def test_a_drain_answers_what_is_under_way_and_closes_what_is_idle(
    patient: RelayStage,
) -> None:
    agent = await patient.enrol("agent1")
    async with (
        patient.client() as idle,
        patient.client() as busy,
        patient.listening(agent) as socket,
    ):
        async with idle.get("/agent1") as answer:
            assert answer.status == 401
        headers = patient.send_headers("agent1")
        asking = asyncio.create_task(_answer(busy, headers))
        request = (await socket.receive_json())["request"]
        stopping = asyncio.create_task(patient.stop())
        connector = idle.connector
        await until(lambda: not _open(connector), "the idle connection is closed")
        assert not asking.done()
        response = {"requestId": request["id"], "statusCode": 200, "body": False}
        await socket.send_json({"response": response})
        assert await asking == (200, "close")
        message = await socket.receive()
        assert message.data == 1001
        await stopping


def _open(connector: aiohttp.BaseConnector | None) -> list[object]:
    assert connector is not None
    return [
        protocol
        for entries in connector._conns.values()
        for protocol, _ in entries
        if protocol.is_connected()
    ]


async def _answer(
    client: aiohttp.ClientSession, headers: dict[str, str]
) -> tuple[int, str | None]:
    async with client.get("/agent1", headers=headers) as answer:
        return answer.status, answer.headers.get("Connection")
