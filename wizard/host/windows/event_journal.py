"""Events of a setup, in the event log of this machine, beside those of the agent."""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import PureWindowsPath

from agent.audit.event import EventId
from agent.platform.windows.event_journal import (
    ALL_TYPES,
    MESSAGES,
    SOURCE,
    EventJournal,
)
from agent.platform.windows.win32 import EventLogCalls
from agent.platform.windows.win32_services import WizardWin32
from agent.service.journal import Handler, Journal
from wire.log_limit import LogLimit
from wire.text import EMPTY, Text

NOT_REGISTERED = Text("The source Writeback is not registered in the event log.")
REMEDY = Text("Install the package again.")


@dataclass(frozen=True)
class EventLog:
    """Writes each by itself; a log that does not take it is no reason to fail.

    `program` is the interpreter, in a folder below that of the version.
    """

    win32: WizardWin32
    program: str

    def event(self, event: EventId, detail: str) -> None:
        with closing(Journal(EventJournal(self.win32))) as journal:
            journal.event(event, detail)

    def registration(self) -> Text | None:
        """Compare the source with what the MSI writes; what Windows refuses is told."""
        try:
            found = self.win32.event_source(SOURCE)
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            return Text("Windows refused: {why}.", why=why)
        file = None if found is None else found.get("EventMessageFile")
        if found is None or file is None:
            return NOT_REGISTERED
        types = found.get("TypesSupported", 0)
        wanted = PureWindowsPath(self.program).parents[1] / MESSAGES
        # Windows' names are the same in small and capital letters
        if PureWindowsPath(str(file)) != wanted or types != ALL_TYPES:
            return Text(
                "It is {now}, and should be {wanted}.",
                now=f"{file} {types}",
                wanted=f"{wanted} {ALL_TYPES}",
            )
        return EMPTY if self._is_there(wanted) else _not_there(wanted)

    def _is_there(self, file: PureWindowsPath) -> bool:
        try:
            return bool(self.win32.sddl_of(str(file)))
        except OSError:
            return False


@contextmanager
def log_in_events(win32: EventLogCalls) -> Iterator[None]:
    """Have what this process logs in the event log, as a service's is in a journal."""
    root = logging.getLogger()
    level = root.level
    with closing(Journal(EventJournal(win32))) as journal:
        handler = Handler(journal)
        handler.addFilter(LogLimit())
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(level)


def _not_there(file: PureWindowsPath) -> Text:
    return Text("{path} is not there.", path=str(file))
