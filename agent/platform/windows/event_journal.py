"""The event log of Windows: the records of journald, as entries of source Writeback.

Each has Microsoft's id, which alerts know; the type is of the level. The first text is
the message (%1 of the message DLL), the others are the fields. ReportEvent may block,
so a thread calls it: what comes while too much waits, and what the log refuses, is
counted and told of, never waited for.
"""

import contextlib
import queue
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import chain

from agent.platform.interface import Entry, Level
from agent.platform.windows.win32 import EventLogCalls, Severity
from wire.printable import printable

SOURCE = "Writeback"
# the library of the texts that Event Viewer shows, in the folder of the version
MESSAGES = "wbevents.dll"
# of what has no id, the program's log: in our own range, which Microsoft has none in
LOG_ID = 40000
# what an entry of the program's own log has, and none of a request
OF_LOG = "LOGGER"
_TYPES = {
    Level.ERROR: Severity.ERROR,
    Level.WARNING: Severity.WARNING,
    Level.NOTICE: Severity.INFORMATION,
    Level.INFO: Severity.INFORMATION,
}
# EVENTLOG_*_TYPE: what the source is registered to write
ALL_TYPES = sum(each.value for each in Severity)
# in units of UTF-16: ReportEvent takes 61,440 bytes an entry (and 31,839 a text)
_LONGEST, _MOST = 8_000, 28_000
_WAITING = 1024
_CLOSING_S = 5.0
# Event Viewer takes it for a place of the message, in whose text ever (ReportEvent)
_PLACE = re.compile(r"%(?=\d)")


class EventJournal:
    """Writes entries from a thread of its own; debugging records are left out.

    What went wrong beside requests is also a line for whoever looks `beside`: the
    wizard, and support, on a machine whose event log they can't read.
    """

    def __init__(
        self,
        win32: EventLogCalls,
        waiting: int = _WAITING,
        beside: Callable[[str], object] | None = None,
    ) -> None:
        self._win32, self._beside = win32, beside
        self._entries = queue.Queue[Entry | None](waiting)
        self._lost = self._told = 0
        self._counting = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(
            target=self._write_all, name="event log", daemon=True
        )
        self._thread.start()

    @property
    def lost(self) -> int:
        """How many entries could not be written."""
        return self._lost

    def send(self, entry: Entry) -> None:
        """Have one written soon; where too many wait, it is lost and counted."""
        if entry.level not in _TYPES:
            return
        try:
            self._entries.put_nowait(entry)
        except queue.Full:
            self._count()

    def close(self) -> None:
        """Write what waits, as far as that takes no longer than a service may."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(queue.Full):
            self._entries.put(None, timeout=_CLOSING_S)
        self._thread.join(_CLOSING_S)

    def _write_all(self) -> None:
        while (entry := self._entries.get()) is not None:
            self._tell_lost()
            if not self._is_written(entry):
                self._count()
            self._tell_beside(entry)
        self._tell_lost()

    def _count(self) -> None:
        with self._counting:
            self._lost += 1

    def _tell_lost(self) -> None:
        """Say in the log what it did not take, once it takes anything again."""
        lost = self._lost
        if lost > self._told and self._is_written(_of_lost(lost - self._told)):
            self._told = lost

    def _is_written(self, entry: Entry) -> bool:
        # an event log that does not take it is no reason to fail; nor is an entry that
        # can't be written a reason to write none any more
        try:
            self._win32.report_event(
                SOURCE, _TYPES[entry.level], entry.event or LOG_ID, list(_texts(entry))
            )
        except Exception:  # noqa: BLE001 - whatever it is: it is counted
            return False
        return True

    def _tell_beside(self, entry: Entry) -> None:
        if self._beside is None or not _is_trouble(entry):
            return
        # such as a disk that is full, or a file that is closed by now
        with contextlib.suppress(OSError, ValueError):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._beside(f"{now} {entry.level.name} {entry.message}\n")


def _texts(entry: Entry) -> Iterator[str]:
    """Give the texts of an entry: %1 is its message, the others its fields."""
    left = _MOST
    fields = (f"{name}={value}" for name, value in entry.fields.items())
    for text in chain((entry.message,), fields):
        units = _spelled(text).encode("utf-16-le")[: 2 * min(left, _LONGEST)]
        left -= len(units) // 2
        # the half of a pair that was cut is left out
        yield units.decode("utf-16-le", "ignore")
        if left <= 0:
            return


def _spelled(text: str) -> str:
    """Spell a text so that no viewer of events reads more in it than is written.

    A NUL would end it, a sign of direction turn what stands beside it; lines stay.
    """
    lines = text[:_LONGEST].split("\n")
    shown = "\n".join(printable(line, _LONGEST) for line in lines)
    return _PLACE.sub(r"\\x25", shown)


def _is_trouble(entry: Entry) -> bool:
    """Say whether the program's log tells of what went wrong; requests name people."""
    wrong = entry.level in (Level.ERROR, Level.WARNING)
    return wrong and OF_LOG in entry.fields


def _of_lost(count: int) -> Entry:
    message = f"{count} entries were lost: the event log did not take them"
    return Entry(message, Level.WARNING, 0, {})
