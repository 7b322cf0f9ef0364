"""What the system's journal is told: log records and requests, with their fields."""

import logging
from collections.abc import Mapping
from typing import Any

from agent.audit.event import EventId
from agent.audit.events import name_of
from agent.platform.interface import Entry, Level, SystemJournal
from wire.printable import PrintableFormatter, printable

_LEVELS = (
    (logging.ERROR, Level.ERROR),
    (logging.WARNING, Level.WARNING),
    (logging.INFO, Level.INFO),
)
# of what is of no request, what is as it should be
_GOOD = frozenset(
    {
        EventId.STARTED,
        EventId.KEYS_MADE,
        EventId.HEARTBEAT,
        EventId.SOMEBODY_CAN_BE_RESET,
        EventId.HEALTHY_AGAIN,
    }
)
# of an audit record, as fields; the user's name is what an administrator looks for
_FIELDS = (
    "event",
    "event_name",
    "code",
    "id",
    "op",
    "dn",
    "controller",
    "portal",
    "seq",
    "hash",
    "count",
)


class Journal:
    """Puts requests, events and log records into the system's journal."""

    def __init__(self, system: SystemJournal) -> None:
        self._system = system

    @property
    def lost(self) -> int:
        """How many entries the system's journal did not take."""
        return self._system.lost

    def close(self) -> None:
        """Let go of the system's journal."""
        self._system.close()

    def event(self, event: EventId, detail: str) -> None:
        """Write what is of no request and in no audit file."""
        head = {"event": int(event), "event_name": name_of(event)}
        self.request({**head, "code": None, "op": None, "detail": detail})

    def request(self, record: Mapping[str, Any]) -> None:
        """Write what was recorded, from the line of the audit file."""
        user = record.get("user") or {}
        who = user.get("value", "nobody")
        code, op, detail = (record[name] for name in ("code", "op", "detail"))
        message = f"{code or 'begun'}: {op or 'request'} for {who}; {detail or 'done'}"
        if not (code or op):
            message = f"{record['event_name']}: {detail}"
        fields = {
            f"WRITEBACK_{name.upper()}": printable(str(record[name]))
            for name in _FIELDS
            if record.get(name) is not None
        }
        if user:
            fields["WRITEBACK_USER"] = printable(str(who))
        well = code == "ok" or (op and not code) or record.get("event") in _GOOD
        level = Level.NOTICE if well else Level.WARNING
        event = int(record.get("event") or 0)
        self._system.send(Entry(printable(message), level, event, fields))

    def log(self, record: logging.LogRecord, text: str) -> None:
        """Write a log record, put into words."""
        fields = {
            "LOGGER": record.name,
            "CODE_FILE": record.pathname,
            "CODE_LINE": str(record.lineno),
        }
        self._system.send(Entry(text, _level(record.levelno), 0, fields))


class Handler(logging.Handler):
    """Hands log records to the journal, without a second time stamp."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self.setFormatter(PrintableFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self._journal.log(record, self.format(record))


def _level(number: int) -> Level:
    return next((level for least, level in _LEVELS if number >= least), Level.DEBUG)
