"""What the agent said last: in the event log, and beside it in its own file.

The log Application has what the agent and its host process told; the file what was
written by an interpreter that could tell nothing any more.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agent.audit.events import EVENTS
from agent.platform.windows.event_journal import SOURCE
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation import logged_events
from agent.platform.windows.installation.logged_events import LoggedEvent
from agent.platform.windows.win32 import EventLogReading
from wizard.host.windows.event_journal import NOT_REGISTERED, REMEDY

_LINES = 12
_LOG_BYTES = 512 * 1024
_MONTH_S = 30 * 86_400.0
# of a run that this process did not begin
_RECENT_S = 600.0
# a clock that was set, and the one of the log
_SLACK_S = 1.0
_OF_WIZARD = "LOGGER=wizard."
_BY_WIZARD = frozenset(
    int(each.id) for each in EVENTS.values() if each.place == "setup"
)


class LastWords:
    """Reads what the service of this machine said; safe where nothing can be read."""

    def __init__(
        self,
        win32: EventLogReading,
        files: WindowsFiles,
        file: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._win32, self._files, self._file, self._clock = win32, files, file, clock
        self._began: float | None = None

    def begin(self) -> None:
        """Have what was said before this moment be of another run."""
        self._began = self._clock()

    def lines(self, most: int) -> Sequence[str]:
        """Give the last lines of both, none that is of a request."""
        file = self._of_file(max(1, most // 2))
        return (*self._told(most - len(file)), *file)

    def of_this_run(self) -> str:
        """Give in one line what went wrong since it began."""
        within = _RECENT_S
        if self._began is not None:
            within = self._clock() - self._began + _SLACK_S
        try:
            found = logged_events.read(self._win32, _LINES, within, trouble=True)
        except OSError:
            found = ()
        told: list[str] = []
        for line in (line for each in _of_service(found) for line in _lines(each)):
            # the host process repeats what a child wrote last
            if line and not any(line in before for before in told):
                told.append(line)
        return " ".join(told or map(str.strip, self._of_file(_LINES)))

    def _told(self, most: int) -> Iterator[str]:
        if self._win32.event_source(SOURCE) is None:
            yield f"{NOT_REGISTERED} {REMEDY}"
        try:
            found = logged_events.read(self._win32, most, _MONTH_S)
        except OSError as error:
            yield f"the event log can't be read: {error.strerror or error}"
            return
        for each in _of_service(found):
            first, *others = each.message.split("\n")
            yield f"{each.at} {each.level.value} {first}"
            yield from others

    def _of_file(self, most: int) -> Sequence[str]:
        try:
            handle = self._files.open_to_read(self._file, follow=False)
        except OSError:
            return ()
        with os.fdopen(handle, "rb") as file:
            file.seek(max(0, file.seek(0, 2) - _LOG_BYTES))
            text = file.read(_LOG_BYTES).decode("utf-8", "replace")
        return text.splitlines()[-most:]


def _of_service(found: Sequence[LoggedEvent]) -> Iterator[LoggedEvent]:
    """Leave out what is of a request, and what a wizard or its helper told."""
    for each in found:
        helper = any(field.startswith(_OF_WIZARD) for field in each.fields)
        if not (each.is_of_request or helper or each.event in _BY_WIZARD):
            yield each


def _lines(event: LoggedEvent) -> Iterator[str]:
    return map(str.strip, event.message.split("\n"))
