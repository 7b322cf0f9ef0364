"""Frames of a relay by the thousand, through a socket: no end, no hang, no growth."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from agent.relay_client import listener
from tests.fixtures.fuzz import SENT, bounded, mutated
from tests.fixtures.relay_stage import (
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.unit.agent.relay_client.test_bad_relay import speaking
from tests.unit.wire.test_fuzz import FRAMES, JSON


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


@pytest.mark.parametrize("cases", [500, pytest.param(SENT, marks=pytest.mark.slow)])
async def test_a_relay_that_says_anything(
    stage: RelayStage,
    cases: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("CRITICAL")  # what is told is told elsewhere
    monkeypatch.setattr(listener, "_delay", lambda _: 0.0)
    broken = mutated(FRAMES, JSON)
    sent = channels = 0

    async def hear(channel: web.WebSocketResponse) -> None:
        async for _ in channel:
            pass

    async def speak(channel: web.WebSocketResponse) -> None:
        nonlocal sent, channels
        channels += 1
        hearing = asyncio.create_task(hear(channel))
        with contextlib.suppress(ConnectionError):
            while not channel.closed and not hearing.done():
                frame = next(broken)
                if sent % 5:
                    await channel.send_str(frame.decode("utf-8", "replace"))
                else:
                    await channel.send_bytes(frame)
                sent += 1
                await asyncio.sleep(0)
        hearing.cancel()

    agent = await stage.enrol("agent1")
    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url, connected=False) as it,
    ):
        with bounded():
            before = -1
            while sent < cases:
                assert sent > before, "it hangs"
                before = sent
                await until(
                    lambda: sent >= min(cases, before + 50) or it.task.done(),  # noqa: B023
                    "more frames",
                )
                assert not it.task.done()
                it.states.clear()
        assert channels > 1
        assert len(it.listener._under_way) <= 400
