"""journald, the journal of a machine with systemd: entries with fields.

The native protocol: one datagram of fields (systemd.io/JOURNAL_NATIVE_PROTOCOL). What
has a line break goes with its length in front. `journalctl WRITEBACK_EVENT=33004` then
finds what an alert for Microsoft's event id would.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from agent.platform.interface import Entry, Level

SOCKET = Path("/run/systemd/journal/socket")
IDENTIFIER = "writeback-agent"
# syslog(3)
_PRIORITIES = {
    Level.ERROR: 3,
    Level.WARNING: 4,
    Level.NOTICE: 5,
    Level.INFO: 6,
    Level.DEBUG: 7,
}


class Journald:
    """Sends entries to the journal of this machine."""

    def __init__(self, path: Path = SOCKET) -> None:
        self._path = str(path)
        self._socket = socket.socket(
            socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
        )

    @property
    def lost(self) -> int:
        """None is counted: who reads the socket does not tell what was left out."""
        return 0

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()

    def send(self, entry: Entry) -> None:
        """Write one entry; a journal that does not take it is no reason to fail."""
        fields = {
            "MESSAGE": entry.message,
            "PRIORITY": str(_PRIORITIES[entry.level]),
            "SYSLOG_IDENTIFIER": IDENTIFIER,
            **entry.fields,
        }
        try:
            self._socket.sendto(b"".join(map(_field, fields.items())), self._path)
        except OSError:  # such as one that is too long for a datagram
            return


def is_ours(environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether what this process says goes to the journal (systemd.exec(5))."""
    return bool(environment.get("JOURNAL_STREAM")) and SOCKET.exists()


def _field(item: tuple[str, str]) -> bytes:
    name, value = item[0].encode("ascii"), item[1].encode("utf-8", "replace")
    if b"\n" not in value:
        return name + b"=" + value + b"\n"
    return name + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
