"""Events of a setup, in the event log of this machine, beside those of the agent."""

from contextlib import closing
from dataclasses import dataclass

from agent.audit.event import EventId
from agent.platform.windows.event_journal import EventJournal
from agent.platform.windows.win32 import EventLogCalls
from agent.service.journal import Journal


@dataclass(frozen=True)
class EventLog:
    """Writes each by itself; a log that does not take it is no reason to fail."""

    win32: EventLogCalls

    def event(self, event: EventId, detail: str) -> None:
        with closing(Journal(EventJournal(self.win32))) as journal:
            journal.event(event, detail)
