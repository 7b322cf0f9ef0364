"""A successor's state stays as it told it, whatever the one before still says."""

import asyncio
import errno
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.ldap.pool import PoolState
from agent.platform.systemd import graceful_restart
from agent.platform.systemd.sd_notify import Notifier
from agent.relay_client.listener import ListenerState, Phase
from agent.service.status import Status
from wire.text import Text

AWAY = Text("the relay went away")


def state_in(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture
def before(tmp_path: Path) -> Status:
    """The one before, which serves."""
    connected = Status(tmp_path / "status.json", "1.0", paused=False)
    connected.on_listener(ListenerState(Phase.CONNECTED))
    connected.on_pool(PoolState("dc1.corp.test"))
    return connected


@contextmanager
def started(
    monkeypatch: pytest.MonkeyPatch, path: Path, before: Status, *, ready: bool
) -> Iterator[None]:
    """Have a successor that gets ready or not, while the one before loses its relay."""

    def act(pipe: int) -> None:
        if ready:
            after = Status(path, "2.0", paused=False, waiting=True)
            after.on_listener(ListenerState(Phase.CONNECTED))
            after.on_pool(PoolState("dc1.corp.test"))
        before.on_listener(ListenerState(Phase.WAITING, AWAY))
        if ready:
            os.write(pipe, b"1")
        os.close(pipe)

    def start(pipe: int) -> subprocess.Popen[bytes]:
        asyncio.get_running_loop().call_soon(act, os.dup(pipe))
        return successor

    monkeypatch.setattr(graceful_restart, "_start", start)
    with subprocess.Popen(["sleep", "60"]) as successor:
        yield
        successor.kill()


async def test_the_state_of_the_successor_is_not_written_over(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status.json"
    with started(monkeypatch, path, before, ready=True):
        assert await graceful_restart.hand_over(Notifier(), before) is not None
    before.on_listener(ListenerState(Phase.CLOSED))
    assert (state_in(path)["version"], state_in(path)["ready"]) == ("2.0", True)
    before.remove()
    assert path.exists()


async def test_one_that_goes_on_tells_what_happened_meanwhile(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status.json"
    with started(monkeypatch, path, before, ready=False):
        assert await graceful_restart.hand_over(Notifier(), before) is None
    assert (state_in(path)["version"], state_in(path)["ready"]) == ("1.0", False)
    assert state_in(path)["relay"]["reason"] == "the relay went away"
    before.remove()
    assert not path.exists()


async def test_one_that_can_not_even_begin_goes_on_and_tells(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> tuple[int, int]:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "pipe", full)
    assert await graceful_restart.hand_over(Notifier(), before) is None
    before.on_listener(ListenerState(Phase.WAITING, AWAY))
    assert (
        state_in(tmp_path / "status.json")["relay"]["reason"] == "the relay went away"
    )


async def test_one_that_is_asked_after_it_was_succeeded_passes_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[int, int]] = []

    async def handed_over() -> int:
        return 4711

    monkeypatch.setattr(os, "kill", lambda *arguments: sent.append(arguments))
    stop, succeeded = asyncio.Event(), asyncio.Event()
    reloads = graceful_restart.Reloads(handed_over, stop, succeeded)
    reloads.ask()
    await asyncio.wait_for(stop.wait(), 30)
    assert succeeded.is_set()
    assert sent == []
    # by a service manager that had not heard of the successor yet
    reloads.ask()
    assert sent == [(4711, signal.SIGHUP)]


@pytest.mark.parametrize("second", [None, 4711])
async def test_what_is_asked_during_one_that_fails_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, second: int | None
) -> None:
    begun: list[int] = []
    ended = asyncio.Event()
    stop, succeeded = asyncio.Event(), asyncio.Event()

    async def hand_over() -> int | None:
        begun.append(len(begun))
        if len(begun) == 1:
            reloads.ask()
            return None
        ended.set()
        return second

    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *arguments: sent.append(arguments))
    reloads = graceful_restart.Reloads(hand_over, stop, succeeded)
    reloads.ask()
    await asyncio.wait_for(ended.wait(), 30)
    assert begun == [0, 1]
    assert succeeded.is_set() is stop.is_set() is (second is not None)
    assert sent == []


async def test_one_that_is_asked_meanwhile_has_its_successor_hand_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[tuple[int, int]] = []

    async def hand_over() -> int:
        reloads.ask()
        return 4711

    monkeypatch.setattr(os, "kill", lambda *arguments: sent.append(arguments))
    stop = asyncio.Event()
    reloads = graceful_restart.Reloads(hand_over, stop, asyncio.Event())
    reloads.ask()
    await asyncio.wait_for(stop.wait(), 30)
    assert sent == [(4711, signal.SIGHUP)]
