"""The end of the agent as its host process asks for it, by named events.

The host starts a successor by itself and sets `succeeded`, then `stop`, of the one
before: this process never starts one. Where no host is, Ctrl+C ends it.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable

from agent.platform.interface import Handed, ServiceNotification
from agent.platform.windows.service_notification import STOP, SUCCEEDED, event_name
from agent.platform.windows.win32 import EventCalls

# a thread that waits for good could not be ended
_LOOK_S = 0.5


class AskedEnd:
    """Waits for the events of this child in a thread; `successor` as its host says."""

    def __init__(self, win32: EventCalls, prefix: str, *, successor: bool) -> None:
        self._win32, self._prefix, self._successor = win32, prefix, successor

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
            watch = threading.Thread(
                target=self._watch, args=(told, stop), name="host", daemon=True
            )
            watch.start()
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
