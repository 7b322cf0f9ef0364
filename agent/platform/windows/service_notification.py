"""What the host process of the service is told, by named events: ready, stopping.

The service control manager knows the host process alone; the agent is its child, which
the host names the events to (`EVENTS_VARIABLE`). Where none is named, as on a machine
for trying, nothing is said.
"""

import contextlib
import os
from collections.abc import Mapping

from agent.platform.windows.win32 import EventCalls

EVENTS_VARIABLE = "WRITEBACK_EVENTS"
READY, STOPPING = "ready", "stopping"
# those that the host sets, see `restart`
STOP, SUCCEEDED = "stop", "succeeded"
# set while a successor is on the way
AWAITED = "awaited"
# set while no host is there: the next one is on the way
LEFT = "left"
ALL = (READY, STOPPING, STOP, SUCCEEDED, AWAITED, LEFT)


def event_name(prefix: str, what: str) -> str:
    """Name an event of one child; its prefix is as the host gave it."""
    return f"{prefix}-{what}"


class EventNotification:
    """Sets the events of this child; a host that is gone hears nothing.

    There is no watchdog: the host watches over the process itself.
    """

    watchdog_s: float | None = None

    def __init__(self, win32: EventCalls, prefix: str = "") -> None:
        self._win32, self._prefix = win32, prefix

    def ready(self) -> None:
        self._set(READY)

    def status(self, text: str) -> None:
        """Say nothing: the status file has it, where Windows has no place for it."""

    def alive(self) -> None:
        """Say nothing: no watchdog waits for it."""

    def stopping(self) -> None:
        self._set(STOPPING)

    def succeeded_by(self, pid: int) -> None:
        """Say nothing: the host itself started the successor."""

    def close(self) -> None:
        """Keep nothing: each event is opened when it is set."""

    def _set(self, what: str) -> None:
        if not self._prefix:
            return
        with contextlib.suppress(OSError):  # a host that is gone, or does not listen
            event = self._win32.open_event(event_name(self._prefix, what))
            try:
                self._win32.set_event(event)
            finally:
                self._win32.close_event(event)


def prefix_of(environment: Mapping[str, str] = os.environ) -> str:
    """Give what this child's events begin with; empty where no host started it."""
    return environment.get(EVENTS_VARIABLE, "")
