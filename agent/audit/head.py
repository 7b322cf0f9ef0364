"""The head of the audit chain: what its files must hold, kept apart from them.

One line of a fixed length in the agent's own state, which is written over in place:
that needs no room on a full disk. It names the oldest record that is kept and the
newest that is on the disk for sure, so that files that end too early, or are gone, are
noticed. Who writes holds it locked: the two processes of a hand-over write one chain.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from agent.audit.chain import HASH_LENGTH, NONE, Tip
from agent.platform.detect import this_platform

_NUMBER = 20
_LENGTH = 2 * (_NUMBER + 1) + HASH_LENGTH + 1
# others hold it for a millisecond; one that is stopped must not stop this process
_WAIT_S = 2.0
_POLL_S = 0.001


@dataclass(frozen=True)
class Kept:
    """What the files hold at the least: from the record `first` on to `last`."""

    first: int = 1
    last: Tip = NONE

    def as_line(self) -> bytes:
        """Give it as it is on the disk."""
        first, last = self.first, self.last
        return f"{first:0{_NUMBER}d} {last.seq:0{_NUMBER}d} {last.hash}\n".encode()

    @classmethod
    def read(cls, line: bytes) -> Self | None:
        """Read it; None where it is not whole."""
        parts = line.decode("ascii", "replace").split()
        if len(line) != _LENGTH or len(parts) != 3:
            return None
        first, last, digest = parts
        if not (first.isdecimal() and last.isdecimal()):
            return None
        return cls(int(first), Tip(int(last), digest))


class Head:
    """The file; safe for many threads where its lock is held."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        here = this_platform()
        self._locks, self._open_files = here.locks, here.open_files
        if read_only:
            self._file = here.files.open_to_read(path, follow=False)
        else:
            self._file = here.files.open_to_write(path, mode=0o600)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing; TimeoutError where one holds it long."""
        until = time.monotonic() + _WAIT_S
        while not self._locks.lock(self._file, wait=False):
            if time.monotonic() > until:
                raise TimeoutError(0, "another process holds the audit records")
            time.sleep(_POLL_S)
        try:
            yield
        finally:
            self._locks.unlock(self._file)

    def read(self) -> Kept | None:
        """Give what was kept; None where nothing was yet."""
        return Kept.read(self._open_files.read_at(self._file, _LENGTH, 0))

    def settled(self, tip: Tip) -> None:
        """Note that the records up to one are on the disk; never an earlier one."""
        kept = self.read() or Kept()
        if tip.seq > kept.last.seq:
            self._write(replace(kept, last=tip))

    def begins_at(self, first: int) -> None:
        """Note which record is the oldest that is kept."""
        self._write(replace(self.read() or Kept(), first=first))

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, kept: Kept) -> None:
        # within one sector, so that it is there whole or as it was
        self._open_files.write_at(self._file, kept.as_line(), 0)
