"""Events of a setup, in the journal of this server, beside those of the agent."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from agent.audit.event import EventId
from agent.platform.systemd.journald import SOCKET, Journald
from agent.service.journal import Journal


@dataclass(frozen=True)
class EventJournal:
    """Writes each by itself; a journal that does not take it is no reason to fail."""

    socket: Path = SOCKET

    def event(self, event: EventId, detail: str) -> None:
        with closing(Journal(Journald(self.socket))) as journal:
            journal.event(event, detail)

    def registration(self) -> None:
        """Anybody may write into a journal."""
