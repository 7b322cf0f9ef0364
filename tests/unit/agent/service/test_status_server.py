"""Local clients: some at a time, each for a while."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.service import status_server
from agent.service.metrics import Metrics
from agent.service.status import Status
from agent.service.status_server import StatusServer
from tests.fixtures.fuzz import SENT, SHORT, bounded, mutated
from tests.fixtures.relay_stage import until


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    serving = await StatusServer(status, Metrics()).start()
    yield int(status.as_dict()["port"])
    await serving.close()


async def ask(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )
    answer = await reader.read()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return answer


async def test_state_and_metrics_are_told(port: int) -> None:
    answer = await ask(port, "/ready")
    assert answer.startswith(b"HTTP/1.1 503")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["port"] == port
    assert b"writeback_ready 0" in await ask(port, "/metrics")


@pytest.mark.parametrize("said", [b"", b"GET /ready HT", b"GET /ready HTTP/1.1\r\nX: "])
async def test_idle_clients_hold_no_descriptors(
    port: int, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status_server, "_CLIENT_S", 0.5)
    idle = []
    for _ in range(200):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(said)
        idle.append((reader, writer))
    # one too many is closed at once, the others by and by: each sees its end
    for reader, writer in idle:
        with contextlib.suppress(ConnectionError):
            async with asyncio.timeout(20):
                await reader.read()
        writer.close()
    answered: list[bytes] = []

    async def again() -> None:
        with contextlib.suppress(ConnectionError):
            answered.append(await ask(port, "/metrics"))

    async with asyncio.timeout(20):
        while not any(b"writeback_ready" in each for each in answered):
            await again()


async def test_more_clients_than_may_be_are_turned_away(port: int) -> None:
    """Long before a descriptor is wanting, and while the others are served."""
    most = status_server._MOST_CLIENTS
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3 * most)]
    ended: list[bool] = []

    async def hear(reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        ended.append(True)

    hearing = [asyncio.create_task(hear(reader)) for reader, _ in opened]
    await until(lambda: len(ended) >= 2 * most, "turned away")
    for task in hearing:
        task.cancel()
    for _, writer in opened:
        writer.close()


async def test_a_port_that_is_taken_keeps_no_agent_from_serving(tmp_path: Path) -> None:
    stranger = socket.create_server(("127.0.0.1", 0))
    wanted = stranger.getsockname()[1]
    status = Status(tmp_path / "status.json", "1.0", paused=False)
    serving = await StatusServer(status, Metrics(), wanted).start()
    other = status.as_dict()["port"]
    assert other != wanted
    assert b"200 OK" in await ask(other, "/metrics")
    stranger.close()
    await serving.take_port()
    assert status.as_dict()["port"] == wanted
    assert b"200 OK" in await ask(wanted, "/metrics")
    # who has just read of the other in status.json is not turned away
    assert b"200 OK" in await ask(other, "/metrics")
    await serving.close()


REQUESTS = [
    b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /metrics HTTP/1.0\r\n\r\n",
    b"POST /ready HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
]
HEADS = [
    *(b"\r\n", b"\r\n\r\n", b"\n", b":", b" ", b"HTTP/9.9", b"Content-Length: -1\r\n"),
    *(
        b"Expect: 100-continue\r\n",
        b"Upgrade: websocket\r\n",
        b"%00",
        b"X: " + b"a" * 99,
    ),
    *(b"\x16\x03\x01", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"ffffffffffffffff\r\n"),
]


@pytest.mark.parametrize("cases", [SHORT, pytest.param(SENT, marks=pytest.mark.slow)])
async def test_a_local_client_that_says_anything(
    port: int,
    cases: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("CRITICAL")
    monkeypatch.setattr(status_server, "_MOST_RECENT", 1 << 30)
    broken = mutated(REQUESTS, HEADS)
    with bounded():
        for _ in range(cases):
            with contextlib.suppress(ConnectionError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(next(broken))
                writer.write_eof()
                async with asyncio.timeout(20):
                    await reader.read()
                writer.close()
                await writer.wait_closed()
        with contextlib.suppress(ConnectionError):
            assert b"writeback_ready" in await ask(port, "/metrics")
