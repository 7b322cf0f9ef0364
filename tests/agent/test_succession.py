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
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent import succession
from agent.link import LinkState, Phase
from agent.notify import Notifier
from agent.pool import PoolState
from agent.service import Service
from agent.status import Status


def told(path: Path) -> Any:
    return json.loads(path.read_text())


@pytest.fixture
def before(tmp_path: Path) -> Status:
    """The one before, which serves."""
    made = Status(tmp_path / "status.json", "1.0", paused=False)
    made.on_link(LinkState(Phase.CONNECTED))
    made.on_pool(PoolState("dc1.corp.test"))
    return made


@contextmanager
def started(
    monkeypatch: pytest.MonkeyPatch, path: Path, before: Status, *, ready: bool
) -> Iterator[None]:
    """Have a successor that gets ready or not, while the one before loses its relay."""

    def act(pipe: int) -> None:
        if ready:
            after = Status(path, "2.0", paused=False, waiting=True)
            after.on_link(LinkState(Phase.CONNECTED))
            after.on_pool(PoolState("dc1.corp.test"))
        before.on_link(LinkState(Phase.WAITING, "the relay went away"))
        if ready:
            os.write(pipe, b"1")
        os.close(pipe)

    def start(pipe: int) -> subprocess.Popen[bytes]:
        asyncio.get_running_loop().call_soon(act, os.dup(pipe))
        return successor

    monkeypatch.setattr(succession, "_start", start)
    with subprocess.Popen(["sleep", "60"]) as successor:
        yield
        successor.kill()


async def test_the_state_of_the_successor_is_not_written_over(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status.json"
    with started(monkeypatch, path, before, ready=True):
        assert await succession.hand_over(Notifier(), before) is not None
    before.on_link(LinkState(Phase.CLOSED))
    assert (told(path)["version"], told(path)["ready"]) == ("2.0", True)
    before.remove()
    assert path.exists()


async def test_one_that_goes_on_tells_what_happened_meanwhile(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "status.json"
    with started(monkeypatch, path, before, ready=False):
        assert await succession.hand_over(Notifier(), before) is None
    assert (told(path)["version"], told(path)["ready"]) == ("1.0", False)
    assert told(path)["relay"]["reason"] == "the relay went away"
    before.remove()
    assert not path.exists()


async def test_one_that_can_not_even_begin_goes_on_and_tells(
    tmp_path: Path, before: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> tuple[int, int]:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(os, "pipe", full)
    assert await succession.hand_over(Notifier(), before) is None
    before.on_link(LinkState(Phase.WAITING, "the relay went away"))
    assert told(tmp_path / "status.json")["relay"]["reason"] == "the relay went away"


async def test_one_that_is_asked_after_it_was_succeeded_passes_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, stop, succeeded = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    sent: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    async def handed_over(*_: object) -> int:
        return 4711

    monkeypatch.setattr(succession, "hand_over", handed_over)
    monkeypatch.setattr(os, "kill", lambda *given: sent.put_nowait(given))
    one = cast("Service", SimpleNamespace(_notifier=None, _status=None))
    Service._take_signals(one, stop, succeeded)
    try:
        signal.raise_signal(signal.SIGHUP)
        await asyncio.wait_for(succeeded.wait(), 10)
        # by a service manager that had not heard of the successor yet
        signal.raise_signal(signal.SIGHUP)
        assert await asyncio.wait_for(sent.get(), 10) == (4711, signal.SIGHUP)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)
