"""Strangers, senders and listeners who say anything: the relay goes on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.fixtures.fuzz import SENT, bounded, mutated
from tests.fixtures.relay_stage import (
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.unit.wire.test_fuzz import FRAMES, JSON

CASES = [200, pytest.param(SENT, marks=pytest.mark.slow)]  # a connection each


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


async def still_serves(stage: RelayStage) -> None:
    agent = await stage.enrol("agent-after")
    headers = stage.send_headers(agent.name)
    async with (
        listening_agent(stage, agent, echo),
        stage.client() as client,
        client.post(f"/{agent.name}", data=b"x", headers=headers) as answer,
    ):
        assert (answer.status, await answer.read()) == (200, b"x")


def requests(stage: RelayStage) -> list[bytes]:
    token = stage.send_headers("agent1")["ServiceBusAuthorization"]
    head = f"Host: localhost\r\nServiceBusAuthorization: {token}\r\n"
    return [
        f"POST /agent1/resets?a=b HTTP/1.1\r\n{head}{FIVE}hello".encode(),
        f"GET /agent1/keys HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode(),
        f"POST /$enrol HTTP/1.1\r\nHost: localhost\r\n{FIVE}[{{}}]".encode(),
        LISTENS,
    ]


FIVE = "Content-Length: 5\r\n\r\n"
LISTENS = (
    b"GET /$hc/agent1?sb-hc-action=listen HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
HEADS = [
    *(b"\r\n", b"\r\n\r\n", b":", b" ", b"HTTP/9.9", b"Content-Length: -1\r\n", b"%"),
    *(
        b"Transfer-Encoding: chunked\r\n",
        b"Expect: 100-continue\r\n",
        b"\x00",
        b"?",
        b"&",
    ),
    *(
        b"sb-hc-action=request",
        b"sb-hc-token=",
        b"sb-hc-id=",
        b"/$hc/",
        b"/$enrol",
        b"../",
    ),
]


@pytest.mark.parametrize("cases", CASES)
async def test_a_stranger_who_says_anything(
    stage: RelayStage, cases: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    broken = mutated(requests(stage), HEADS)
    with bounded():
        for _ in range(cases):
            with contextlib.suppress(OSError, TimeoutError):
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1",
                    stage.port,
                    ssl=stage.client_tls,
                    server_hostname="localhost",
                )
                writer.write(next(broken))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):  # most wait for more
                        await reader.read(65536)
                writer.transport.abort()
        await still_serves(stage)


@pytest.mark.parametrize("cases", CASES)
async def test_a_listener_who_says_anything(
    stage: RelayStage, cases: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    agent = await stage.enrol("agent1")
    broken, sent = mutated(FRAMES, JSON), 0
    with bounded():
        while sent < cases:
            async with stage.listening(agent) as channel:
                with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                    while not channel.closed and sent < cases:
                        frame = next(broken)
                        if sent % 5:
                            await channel.send_str(frame.decode("utf-8", "replace"))
                        else:
                            await channel.send_bytes(frame)
                        sent += 1
                        with contextlib.suppress(TimeoutError):
                            await channel.receive(timeout=0.002)
        await until(lambda: stage.listeners(agent) == 0, "let go of")
        await still_serves(stage)
