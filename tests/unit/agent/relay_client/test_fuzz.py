"""Frames of a relay by the thousand, through a socket: no end, no hang, no growth.

50,000 take 81 seconds of a processor.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMessage, WSMsgType, web
from yarl import URL

from agent.relay_client import listener
from agent.relay_client.dialer import Dialer
from agent.relay_client.websocket import MessageSocket
from tests.fixtures.fuzz import SENT, SHORT, bounded, mutated
from tests.fixtures.relay_stage import (
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.fixtures.side_effects import no_side_effects
from tests.unit.agent.relay_client.test_bad_relay import speaking
from tests.unit.wire.test_fuzz import FRAMES, JSON


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path, tls=False) as running:
        yield running


async def hear(channel: web.WebSocketResponse) -> None:
    async for _ in channel:
        pass


@pytest.fixture
def dials_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out TLS: its handshakes are OpenSSL's, and most of what a channel takes."""
    dial = Dialer._dial

    async def plain(dialer: Dialer, session: Any, address: URL, *more: Any) -> Any:
        return await dial(dialer, session, address.with_scheme("ws"), *more)

    monkeypatch.setattr(Dialer, "_dial", plain)


@pytest.mark.usefixtures("dials_plainly")
@pytest.mark.parametrize("cases", [SHORT, pytest.param(SENT, marks=pytest.mark.slow)])
async def test_a_relay_that_says_anything(
    stage: RelayStage,
    cases: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Frames count that the agent took, one after the other."""
    caplog.set_level("CRITICAL")  # what is told is told elsewhere
    monkeypatch.setattr(listener, "_delay", lambda _: 0.0)
    broken, took, channels = mutated(FRAMES, JSON), 0, 0
    take = MessageSocket._frame

    async def count(socket: MessageSocket) -> WSMessage:
        nonlocal took
        frame = await take(socket)
        took += frame.type in (WSMsgType.TEXT, WSMsgType.BINARY)
        return frame

    async def speak(channel: web.WebSocketResponse) -> None:
        nonlocal channels
        channels += 1
        hearing, sent = asyncio.create_task(hear(channel)), took
        with contextlib.suppress(ConnectionError):
            while not channel.closed and not hearing.done():
                if took < sent:
                    await asyncio.sleep(0)
                    continue
                frame = next(broken)
                sent += 1
                if sent % 5:
                    await channel.send_str(frame.decode("utf-8", "replace"))
                else:
                    await channel.send_bytes(frame)
        hearing.cancel()

    monkeypatch.setattr(MessageSocket, "_frame", count)
    agent = await stage.enrol("agent1")
    async with (
        speaking(stage, speak, tls=False) as url,
        listening_agent(stage, agent, echo, url=url, connected=False) as it,
    ):
        with bounded(), no_side_effects(connects=True):
            for wanted in range(50, cases + 50, 50):
                await until(lambda: took >= wanted or it.task.done(), "more frames")  # noqa: B023
                assert not it.task.done()
                it.states.clear()
        assert 1 < channels < took
        assert len(it.listener._under_way) <= 400
