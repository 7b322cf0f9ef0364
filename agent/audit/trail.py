"""The audit trail: records that are added to a file, which is rotated by its size.

A record is written to the end of the file in one act, under the lock of the head, so
that a reader never sees half of one and two processes go on with one chain. What a
machine that stopped left without its line break was no record: it is cut off, and the
next record says so. A file that somebody else moved away is made anew.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.audit import chain, files
from agent.audit.chain import Tip
from agent.audit.event import EventId
from agent.audit.events import name_of
from agent.audit.head import Head
from agent.audit.reserve import Reserve
from agent.platform.detect import this_platform

LOG = logging.getLogger("agent.audit.trail")

# some 25,000 records a file, and 600,000 in all: 400 MB at the most
MOST_BYTES = 16 * 1024 * 1024
MOST_FILES = 24


class Trail:
    """The files of one agent's records; safe for many threads and two processes.

    OSError where a file can't be made, read or written.
    """

    def __init__(
        self,
        path: Path,
        head: Path,
        *,
        most_bytes: int = MOST_BYTES,
        most_files: int = MOST_FILES,
        on_note: Callable[[Mapping[str, Any]], None] = lambda _record: None,
    ) -> None:
        self._path = path
        self._most_bytes, self._most_files = most_bytes, most_files
        self._on_note = on_note
        self._lock = threading.Lock()
        self._reported = False
        for folder in (path.parent, head.parent):
            this_platform().files.make_folder(folder)
        self._reserve = Reserve(path.with_name(f"{path.stem}.reserve"))
        self._head = Head(head)
        self._file = self._open()
        self._size = -1  # nothing of it was looked at so far
        self._tip = self._settled = Tip()

    def add(self, record: Mapping[str, Any], *, may_use_reserve: bool = True) -> Tip:
        """Add a record; OSError where it is in no file then.

        `may_use_reserve`: the last room of a full disk, for the end of what was begun.
        """
        with self._lock, self._head.locked():
            self._follow()
            if not may_use_reserve:
                self._reserve.hold()
            return self._append(record, may_use_reserve=may_use_reserve)

    def settle(self) -> None:
        """Have the records on the disk, and note it in the head."""
        with self._lock:
            tip, file = self._tip, os.dup(self._file)
        try:
            if tip.seq > self._settled.seq:
                this_platform().open_files.sync(file)
                with self._lock, self._head.locked():
                    self._head.settled(tip)
                self._settled = tip
        finally:
            os.close(file)

    def close(self) -> None:
        """Settle, and close the files."""
        with contextlib.suppress(OSError):  # it is what a start must do with anyhow
            self.settle()
        with self._lock:
            self._head.close()
            os.close(self._file)

    def _append(
        self, record: Mapping[str, Any], *, may_use_reserve: bool = True
    ) -> Tip:
        line, tip = chain.linked(record, self._tip)
        if self._size and self._size + len(line) > self._most_bytes:
            self._rotate()
        try:
            self._write(line)
        except OSError as error:
            if not (may_use_reserve and self._reserve.give_up(error)):
                raise
            self._write(line)
        self._size += len(line)
        self._tip = tip
        return tip

    def _write(self, line: bytes) -> None:
        """Write a line whole or not at all: a full disk takes what fits."""
        written = 0
        try:
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError:
            os.ftruncate(self._file, self._size)
            raise

    def _follow(self) -> None:
        """Find the end: another process may have written, or rotated, since."""
        moved = self._was_moved()
        if moved:
            self._make_anew()
        size = os.fstat(self._file).st_size
        if moved or size != self._size:
            self._find_end(size)

    def _find_end(self, size: int) -> None:
        began = self._size < 0
        link, torn = files.last_link(self._file, size)
        self._size = size - torn
        if torn:
            os.ftruncate(self._file, self._size)
        found, kept = link.tip if link else self._before(), self._head.read()
        if kept is None and found.seq:
            self._adopt(found)
        last = kept.last if kept else found
        self._tip = max((found, self._tip, last), key=lambda each: each.seq)
        if torn:
            detail = f"{torn} bytes of a record that was not whole were cut off"
            self._note(EventId.LINE_CUT_OFF, detail, bytes=torn)
        if began and found.seq < last.seq:
            low, high = found.seq + 1, last.seq
            detail = f"the records {low} to {high} are missing"
            self._note(EventId.RECORDS_MISSING, detail, first=low, last=high)

    def _note(self, event: EventId, detail: str, **fields: int) -> None:
        """Add a record of the trail itself."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        head = {"at": at, "event": int(event), "event_name": name_of(event)}
        note = {**head, "code": None, "op": None, "detail": detail, **fields}
        self._append(note)
        self._on_note(note)

    def _before(self) -> Tip:
        """Give the end of the newest file that was rotated."""
        tip = Tip()
        for path in files.all_files(self._path):
            with contextlib.suppress(OSError), files.open_regular(path) as file:
                size = os.fstat(file.fileno()).st_size
                link, _ = files.last_link(file.fileno(), size)
                if link and link.seq > tip.seq:
                    tip = link.tip
        return tip

    def _adopt(self, tip: Tip) -> None:
        """Begin a head for records that are here already, as after a removal."""
        first = tip.seq
        for path in files.all_files(self._path):
            with contextlib.suppress(OSError), files.open_regular(path) as file:
                link = files.first_link(file)
                first = min(first, link.seq) if link else first
        self._head.begins_at(first)

    def _rotate(self) -> None:
        """Give the file the name of its last record, and begin another."""
        try:
            this_platform().open_files.sync(self._file)
            self._head.settled(self._tip)
            rotated = files.rotated_name(self._path, self._tip.seq)
            this_platform().files.move(self._path, rotated)
            self._make_anew()
            self._size = os.fstat(self._file).st_size
            self._drop(files.rotated(self._path))
        except OSError as error:  # it goes on in the file that it has
            self._report(error)

    def _drop(self, rotated: Sequence[Path]) -> None:
        """Remove what is more than is kept; the head first, so that it is no loss."""
        for path in rotated[: max(0, len(rotated) + 1 - self._most_files)]:
            with files.open_regular(path) as file:
                size = os.fstat(file.fileno()).st_size
                link, _ = files.last_link(file.fileno(), size)
            if link is not None:
                self._head.begins_at(link.seq + 1)
            path.unlink()

    def _open(self) -> int:
        here = this_platform()
        return here.files.open_to_write(self._path, mode=0o640, append=True)

    def _make_anew(self) -> None:
        """Open the file again by its name; the old one is closed only after.

        A number that is closed belongs at once to whoever opens something next.
        """
        try:
            anew = self._open()
        except OSError as error:
            self._report(error)
            if not os.fstat(self._file).st_nlink:
                raise  # deleted, and not moved: nobody would ever read it
            return
        old, self._file, self._reported = self._file, anew, False
        os.close(old)

    def _report(self, error: OSError) -> None:
        if not self._reported:
            LOG.error(
                "audit records can't be written to %s: %s; see that its folder is "
                "there and that the agent may write to it",
                self._path,
                error.strerror,
            )
        self._reported = True

    def _was_moved(self) -> bool:
        """Say whether the name is of another file now, as after a rotation."""
        with contextlib.suppress(OSError):
            return not os.path.samestat(os.fstat(self._file), self._path.stat())
        return True
