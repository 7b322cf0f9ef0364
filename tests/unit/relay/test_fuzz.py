"""Strangers, senders and listeners who say anything: the relay goes on.

Without TLS, whose handshakes take far longer than what is looked at here, and which is
OpenSSL's.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import WSMessage

from relay.listener import Channel
from tests.fixtures.fuzz import SENT, SHORT, bounded, mutated
from tests.fixtures.loop_clock import LoopClock
from tests.fixtures.relay_stage import RelayStage, relay_stage, until
from tests.unit.wire.test_fuzz import FRAMES, JSON

CASES = [SHORT, pytest.param(SENT, marks=pytest.mark.slow)]  # minutes
AT_ONCE = 20
TURNS = 100  # of the loop: accept, read, answer, each one of a connection at least


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, tls=False) as running:
        yield running


async def still_serves(stage: RelayStage) -> None:
    """A sender is answered by a listener, and nobody enrolled meanwhile."""
    before = {"agent1", "agent-after"}
    agent = await stage.enrol("agent-after")
    assert {each.id for each in stage.store.agents()} <= before
    headers = stage.send_headers(agent.name)
    async with stage.listening(agent) as channel, stage.client() as client:
        asking = client.post(f"/{agent.name}", headers=headers)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(asking.__aenter__())
            request = (await channel.receive_json(timeout=20))["request"]
            head = {"requestId": request["id"], "statusCode": 200, "body": False}
            await channel.send_json({"response": head})
        assert (await task).status == 200
        (await task).release()


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
    caplog.set_level("ERROR")
    broken, clock, answered = mutated(requests(stage), HEADS), LoopClock(), 0

    async def say() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
        writer.write(next(broken))
        try:
            return await reader.read(65536)
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()

    with bounded():
        for _ in range(cases // AT_ONCE):
            saying = [asyncio.create_task(say()) for _ in range(AT_ONCE)]
            for _ in range(TURNS):
                await asyncio.sleep(0)
            clock.advance(60)  # what waits for more, the relay ends by its own limits
            answered += sum(map(bool, await asyncio.gather(*saying)))
        assert answered > cases // 4
        await still_serves(stage)
    assert caplog.text == ""


@pytest.mark.parametrize("cases", CASES)
async def test_a_listener_who_says_anything(
    stage: RelayStage,
    cases: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frames count that the relay took, one after the other."""
    caplog.set_level("CRITICAL")
    agent = await stage.enrol("agent1")
    broken, took, sent, channels = mutated(FRAMES, JSON), 0, 0, 0
    take = Channel._frame

    async def count(channel: Channel) -> WSMessage | None:
        nonlocal took
        frame = await take(channel)
        took += frame is not None
        return frame

    async def hear(socket: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in socket:
            pass

    monkeypatch.setattr(Channel, "_frame", count)
    with bounded():
        while took < cases:
            async with stage.listening(agent) as socket:
                channels += 1
                hearing = asyncio.create_task(hear(socket))
                sent = took
                while took < cases and not hearing.done():
                    if took < sent:
                        await asyncio.sleep(0)
                        continue
                    frame = next(broken)
                    sent += 1
                    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
                        if sent % 5:
                            await socket.send_str(frame.decode("utf-8", "replace"))
                        else:
                            await socket.send_bytes(frame)
                hearing.cancel()
        assert 1 < channels < cases
        await until(lambda: stage.listeners(agent) == 0, "let go of")
        await still_serves(stage)
