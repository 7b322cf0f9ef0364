"""One wizard or command changes a machine at a time; the second is told who, and since.

The lock is the kernel's: it belongs to the open file (fcntl(2), "Open file description
locks"), so that it ends with the process that holds it, and that one can ask for it
without taking it.
"""

import contextlib
import fcntl
import getpass
import json
import os
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from wire.text import Text
from wizard.errors import Busy


@contextlib.contextmanager
def held(path: Path, who: str = "") -> Iterator[None]:
    """Hold the lock in a file of a folder that is there; Busy where another does.

    `who` is the person, where the process runs for another.
    """
    with os.fdopen(_opened(path), "r+", encoding="utf-8") as file:
        try:
            fcntl.fcntl(file, fcntl.F_OFD_SETLK, _whole(fcntl.F_WRLCK))
        except BlockingIOError:
            raise _holder(path) from None
        file.truncate(0)
        person = f"{who or _person()} (process {os.getpid()})"
        file.write(json.dumps({"who": person, "since": datetime.now(UTC).isoformat()}))
        file.flush()
        yield


def _opened(path: Path) -> int:
    # whoever may open it may hold it
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def is_held(path: Path) -> Busy | None:
    """Say who holds the lock in a file, and since when; None when nobody does."""
    try:
        with path.open("rb") as file:
            held_by = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _whole(fcntl.F_WRLCK))
    except OSError:
        return None  # it is not there, or not to be seen
    kind, *_ = struct.unpack(_FLOCK, held_by)
    return None if kind == fcntl.F_UNLCK else _holder(path)


# struct flock: l_type, l_whence, l_start, l_len, l_pid, filled up to its alignment
_FLOCK = "hhqqi0q"


def _whole(kind: int) -> bytes:
    """Spell a lock on a whole file, whatever its length."""
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)


def _person() -> str:
    # with sudo, the person behind root
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _holder(path: Path) -> Busy:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Busy(content["who"], datetime.fromisoformat(content["since"]))
    except (OSError, ValueError, KeyError):
        return Busy(Text("Another program"), datetime.now(UTC))
