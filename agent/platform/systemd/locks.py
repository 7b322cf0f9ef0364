"""Locks of Linux: flock(2), and those of an open file that can be asked for.

The latter (fcntl(2), "Open file description locks") end with the process that holds
them, and one can ask for them without taking them.
"""

import fcntl
import os
import struct
from pathlib import Path

# struct flock: l_type, l_whence, l_start, l_len, l_pid, filled up to its alignment
_FLOCK = "hhqqi0q"


class LinuxLocks:
    """Locks on whole files."""

    def lock(self, handle: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def unlock(self, handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)

    def lock_visibly(self, handle: int) -> bool:
        try:
            fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _whole(fcntl.F_WRLCK))
        except BlockingIOError:
            return False
        return True

    def is_locked(self, path: Path) -> bool:
        with path.open("rb") as file:
            held_by = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _whole(fcntl.F_WRLCK))
        kind, *_ = struct.unpack(_FLOCK, held_by)
        return bool(kind != fcntl.F_UNLCK)


def _whole(kind: int) -> bytes:
    """Spell a lock on a whole file, whatever its length."""
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)
