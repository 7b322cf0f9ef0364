"""The host ends a child, and says whether another took over."""

import asyncio
import queue
import signal
import threading

import pytest

from agent.platform.windows.asked_end import LEFT_S, AskedEnd
from agent.platform.windows.service_notification import EventNotification
from tests.fixtures.windows.fake_win32 import FakeWin32

PREFIX = r"Global\writeback-1f0c"
STOP, SUCCEEDED = f"{PREFIX}-stop", f"{PREFIX}-succeeded"
AWAITED, LEFT = f"{PREFIX}-awaited", f"{PREFIX}-left"


class Status:
    """What both processes of a hand-over write, and what was said of it."""

    left = False

    def __init__(self) -> None:
        self.said = queue.Queue[str]()

    def hold(self) -> None:
        self.said.put("hold")

    def go_on(self) -> None:
        self.said.put("go on")

    def leave(self) -> None:
        self.left = True

    async def says(self) -> str:
        return await asyncio.to_thread(self.said.get, timeout=30)


def listening(
    win32: FakeWin32, prefix: str = PREFIX
) -> tuple[Status, asyncio.Event, asyncio.Event]:
    status, stop, succeeded = Status(), asyncio.Event(), asyncio.Event()
    end = AskedEnd(win32, prefix, successor=False)
    end.listen(EventNotification(win32), status, stop, succeeded)
    return status, stop, succeeded


async def test_a_stop_is_no_hand_over(win32: FakeWin32) -> None:
    win32.make_events(STOP, SUCCEEDED)
    status, stop, succeeded = listening(win32)
    win32.set_event(win32.open_event(STOP))
    await asyncio.wait_for(stop.wait(), 30)
    assert not succeeded.is_set()
    assert not status.left


async def test_one_that_was_succeeded_leaves_the_status(win32: FakeWin32) -> None:
    win32.make_events(STOP, SUCCEEDED)
    status, stop, succeeded = listening(win32)
    for name in (SUCCEEDED, STOP):
        win32.set_event(win32.open_event(name))
    await asyncio.wait_for(stop.wait(), 30)
    assert succeeded.is_set()
    assert status.left


async def test_while_a_successor_is_awaited_the_status_is_held(
    win32: FakeWin32,
) -> None:
    win32.make_events(STOP, SUCCEEDED, AWAITED)
    status, stop, _ = listening(win32)
    for _ in range(2):
        win32.set_event(win32.open_event(AWAITED))
        assert await status.says() == "hold"
        win32.clear_event(AWAITED)
        assert await status.says() == "go on"
    win32.set_event(win32.open_event(AWAITED))
    assert await status.says() == "hold"
    for name in (SUCCEEDED, STOP):
        win32.set_event(win32.open_event(name))
    await asyncio.wait_for(stop.wait(), 30)
    assert status.left
    assert status.said.empty()


class Clock:
    """One that a test sets."""

    def __init__(self) -> None:
        self.now, self.asked = 0.0, threading.Event()

    def __call__(self) -> float:
        self.asked.set()
        return self.now


def left_alone(win32: FakeWin32) -> tuple[Clock, asyncio.Event, asyncio.Event]:
    win32.make_events(STOP, SUCCEEDED, AWAITED, LEFT)
    clock, stop, succeeded = Clock(), asyncio.Event(), asyncio.Event()
    end = AskedEnd(win32, PREFIX, successor=False, now=clock)
    end.listen(EventNotification(win32), Status(), stop, succeeded)
    win32.set_event(win32.open_event(LEFT))
    return clock, stop, succeeded


async def test_one_that_was_left_ends_where_no_host_comes(win32: FakeWin32) -> None:
    clock, stop, succeeded = left_alone(win32)
    assert await asyncio.to_thread(clock.asked.wait, 30)
    assert not stop.is_set()
    clock.now = LEFT_S
    await asyncio.wait_for(stop.wait(), 30)
    assert not succeeded.is_set()


async def test_one_that_another_host_took_over_goes_on(win32: FakeWin32) -> None:
    clock, stop, succeeded = left_alone(win32)
    assert await asyncio.to_thread(clock.asked.wait, 30)
    win32.clear_event(LEFT)
    # until that was seen, and a time anew
    while clock.asked.is_set():
        clock.asked.clear()
        await asyncio.to_thread(clock.asked.wait, 1.5)
    clock.now = 10 * LEFT_S
    assert not stop.is_set()
    for name in (SUCCEEDED, STOP):
        win32.set_event(win32.open_event(name))
    await asyncio.wait_for(stop.wait(), 30)
    assert succeeded.is_set()


async def test_a_host_of_before_that_says_nothing_of_it_is_none_to_end_for(
    win32: FakeWin32,
) -> None:
    win32.make_events(STOP, SUCCEEDED)
    _status, stop, _ = listening(win32)
    for each in threading.enumerate():
        if each.name == "successor":
            await asyncio.to_thread(each.join, 30)
            assert not each.is_alive()
    assert not stop.is_set()
    win32.set_event(win32.open_event(STOP))
    await asyncio.wait_for(stop.wait(), 30)


async def test_a_child_whose_host_is_gone_ends(win32: FakeWin32) -> None:
    _status, stop, succeeded = listening(win32)
    await asyncio.wait_for(stop.wait(), 30)
    assert not succeeded.is_set()


@pytest.mark.parametrize("refused", [STOP, SUCCEEDED])
async def test_one_that_can_not_hear_its_host_ends(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    win32.make_events(STOP, SUCCEEDED)
    win32.set_event(win32.open_event(STOP))
    wait = win32.wait_event
    waited: list[str] = []

    def broken(event: int, seconds: float) -> bool:
        waited.append(STOP if seconds else SUCCEEDED)
        if waited[-1] == refused:
            raise OSError(6, "The handle is invalid")
        return wait(event, seconds)

    monkeypatch.setattr(win32, "wait_event", broken)
    _status, stop, succeeded = listening(win32)
    await asyncio.wait_for(stop.wait(), 30)
    assert waited[-1] == refused
    assert not succeeded.is_set()


async def test_without_a_host_a_person_ends_it(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        _status, stop, succeeded = listening(win32, "")
        signal.raise_signal(signal.SIGINT)
        await asyncio.wait_for(stop.wait(), 30)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not succeeded.is_set()


def test_a_successor_is_waited_for(win32: FakeWin32) -> None:
    assert AskedEnd(win32, PREFIX, successor=True).waited_for
    assert not AskedEnd(win32, PREFIX, successor=False).waited_for
