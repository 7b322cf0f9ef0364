"""The end of the agent as its host process asks for it, by named events.

The host starts a successor by itself and sets `succeeded`, then `stop`, of the one
before: this process never starts one. While one is on the way the host has set
`awaited`, and this process writes no status over what that one says. A host that ends
before this does has set `left`: the next one is on the way, and where none comes for
long this process ends by itself. Where no host is, Ctrl+C ends it.
"""

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Callable

from agent.platform.interface import Handed, ServiceNotification
from agent.platform.windows.service_notification import (
    AWAITED,
    LEFT,
    STOP,
    SUCCEEDED,
    event_name,
)
from agent.platform.windows.win32 import EventCalls

# a thread that waits for good could not be ended
_LOOK_S = 0.5
# Windows waits for 30 s for a service that begins, which has then another 30 s until a
# successor is ready; twice, where the version before is put back
LEFT_S = 150.0


class AskedEnd:
    """Waits for the events of this child in a thread; `successor` as its host says."""

    def __init__(
        self,
        win32: EventCalls,
        prefix: str,
        *,
        successor: bool,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._win32, self._prefix, self._successor = win32, prefix, successor
        self._now = now

    @property
    def waited_for(self) -> bool:
        return self._successor

    def tell_ready(self) -> None:
        """Say nothing: the host hears it by the notification, and tells the other."""

    def listen(
        self,
        notification: ServiceNotification,  # noqa: ARG002 - the host knows
        status: Handed,
        stop: asyncio.Event,
        succeeded: asyncio.Event,
    ) -> None:
        loop = asyncio.get_running_loop()

        def end(*, by_successor: bool) -> None:
            if by_successor and not stop.is_set():
                status.leave()
                succeeded.set()
            stop.set()

        def told(*, by_successor: bool) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(lambda: end(by_successor=by_successor))

        if self._prefix:
            for name, watch, given in (
                ("host", self._watch, told),
                ("successor", self._watch_successor, status),
                ("next host", self._watch_host, told),
            ):
                threading.Thread(
                    target=watch, args=(given, stop), name=name, daemon=True
                ).start()
        else:
            signal.signal(signal.SIGINT, lambda *_: told(by_successor=False))

    def _watch(self, told: Callable[..., None], stop: asyncio.Event) -> None:
        """Wait until the host asks; a host without events is gone, and so is this."""
        try:
            asked = self._win32.open_event(event_name(self._prefix, STOP))
            other = self._win32.open_event(event_name(self._prefix, SUCCEEDED))
        except OSError:
            told(by_successor=False)
            return
        try:
            while not stop.is_set():
                if self._win32.wait_event(asked, _LOOK_S):
                    # set before the other, so that it is seen here
                    told(by_successor=self._win32.wait_event(other, 0.0))
                    break
        except OSError:
            # or nothing but force could end this process
            told(by_successor=False)
        for event in (asked, other):
            with contextlib.suppress(OSError):
                self._win32.close_event(event)

    def _watch_host(self, told: Callable[..., None], stop: asyncio.Event) -> None:
        """End where no host is there for long; one of before says nothing of it."""
        with contextlib.ExitStack() as ending, contextlib.suppress(OSError):
            named = (event_name(self._prefix, what) for what in (LEFT, STOP))
            left, asked = (self._opened(name, ending) for name in named)
            while not stop.is_set():
                if not self._win32.wait_event(left, _LOOK_S):
                    continue
                until = self._now() + LEFT_S
                while self._win32.wait_event(left, 0.0):
                    if self._win32.wait_event(asked, _LOOK_S):
                        return
                    if self._now() >= until:
                        told(by_successor=False)
                        return

    def _watch_successor(self, status: Handed, stop: asyncio.Event) -> None:
        """Hold the status while a successor is on the way; a host of before says none.

        At once, in this thread: what the loop does meanwhile may take longer than the
        other takes to be ready.
        """
        with contextlib.ExitStack() as ending, contextlib.suppress(OSError):
            named = (event_name(self._prefix, what) for what in (AWAITED, STOP))
            awaited, asked = (self._opened(name, ending) for name in named)
            while not stop.is_set():
                if not self._win32.wait_event(awaited, _LOOK_S):
                    continue
                status.hold()
                while self._win32.wait_event(awaited, 0.0):
                    # as long as that lasts; one that ends has nothing to go on with
                    if self._win32.wait_event(asked, _LOOK_S):
                        return
                status.go_on()

    def _opened(self, name: str, ending: contextlib.ExitStack) -> int:
        event = self._win32.open_event(name)
        ending.callback(self._win32.close_event, event)
        return event
