"""One run of a service, whatever the port: what is sent to it, and how it ends."""

import contextlib
import traceback
from collections import deque
from collections.abc import Callable, Sequence

from agent.platform.interface import Entry, Level
from agent.platform.windows.event_journal import EventJournal
from agent.platform.windows.win32 import EventLogCalls
from agent.platform.windows.win32_services import (
    INTERROGATE,
    SPECIFIC,
    ServiceReport,
    ServiceState,
    Session,
)

# the end of a trace says most, and an entry has room for so much
_MOST = 7_000


class Controls:
    """What the service control manager sent, from its thread to that of the service."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake, self._came = wake, deque[int]()

    def take(self, control: int) -> None:
        """Keep one. Who asks how the service is gets what was reported last.

        A report from here could come after a newer one, and take its place.
        """
        if control != INTERROGATE:
            self._came.append(control)
            self._wake()

    def given(self) -> Sequence[int]:
        """Give what came, each once, in its order."""
        came = []
        with contextlib.suppress(IndexError):
            while True:
                came.append(self._came.popleft())
        return came


def run(
    session: Session,
    main: Callable[[Session], None],
    log: EventLogCalls,
    leave: Callable[[int], object],
) -> None:
    """Run a service to its end, and leave the process; 1 where it ends by a fault.

    A fault is in the event log before anything else is done, unless that takes nothing
    for some seconds; whatever is refused then the process ends: its children end with
    it, and Windows starts it again.
    """
    code = 1
    try:
        main(session)
        code = 0
    except BaseException:  # noqa: BLE001 - log and manager are to hear of any
        told = traceback.format_exc()[-_MOST:]
        with (
            contextlib.suppress(RuntimeError),  # no thread can be started
            contextlib.closing(EventJournal(log)) as journal,
        ):
            journal.send(Entry(told, Level.ERROR, 0, {}))
        ended = ServiceReport(ServiceState.STOPPED, exit_code=SPECIFIC, specific=1)
        with contextlib.suppress(OSError):
            session.report(ended)
    finally:
        leave(code)
