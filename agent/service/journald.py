"""The system's journal: log records and requests with fields that can be asked for.

The native protocol: one datagram of fields (systemd.io/JOURNAL_NATIVE_PROTOCOL). What
has a line break goes with its length in front. `journalctl WRITEBACK_EVENT=33004` then
finds what an alert for Microsoft's event id would.
"""

import logging
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.audit.event import EventId
from agent.audit.events import name_of
from wire.printable import PrintableFormatter, printable

SOCKET = Path("/run/systemd/journal/socket")
IDENTIFIER = "writeback-agent"
# syslog(3): err, warning, notice, info
_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
_DEBUG = 7
_NOTICE, _WARNING = 5, 4
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
    """Sends entries to the journal of this machine."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = str(path)
        self._socket = socket.socket(
            socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        )

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def send(self, message: str, priority: int, fields: Mapping[str, str]) -> None:
        """Write one entry; a journal that does not take it is no reason to fail."""
        entry = {
            "MESSAGE": message,
            "PRIORITY": str(priority),
            "SYSLOG_IDENTIFIER": IDENTIFIER,
            **fields,
        }
        try:
            self._socket.sendto(b"".join(map(_field, entry.items())), self._path)
        except OSError:  # such as one that is too long for a datagram
            return

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
        level = _NOTICE if well else _WARNING
        self.send(printable(message), level, fields)


class Handler(logging.Handler):
    """Hands log records to the journal, without a second time stamp."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal
        self.setFormatter(PrintableFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        fields = {
            "LOGGER": record.name,
            "CODE_FILE": record.pathname,
            "CODE_LINE": str(record.lineno),
        }
        self._journal.send(self.format(record), _priority(record.levelno), fields)


def is_ours(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether what this process says goes to the journal (systemd.exec(5))."""
    return bool(environment.get("JOURNAL_STREAM")) and SOCKET.exists()


def _priority(level: int) -> int:
    return next((number for least, number in _PRIORITIES if level >= least), _DEBUG)


def _field(item: tuple[str, str]) -> bytes:
    name, value = item[0].encode("ascii"), item[1].encode("utf-8", "replace")
    if b"\n" not in value:
        return name + b"=" + value + b"\n"
    return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
