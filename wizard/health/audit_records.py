"""The audit records of the last days, newest first, within bounds.

The files are the agent's user's own. They are read from their end: no more of them than
is of use, whatever is in them and however large they are.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.audit import files
from agent.audit.chain import MOST_BYTES as LONGEST_LINE
from agent.platform.detect import this_platform
from wire import bounded_json
from wizard.host.service_status import time_in_words

# ten thousand answers in a week are one a minute; they are read every few seconds
MOST_RECORDS = 10_000
MOST_BYTES = 16 * 1024 * 1024
_MOST_FILES = 32
_CHUNK = 256 * 1024


@dataclass
class Budget:
    """How much is still read; what was passed over is counted."""

    records: int = MOST_RECORDS
    bytes: int = MOST_BYTES
    unreadable: int = 0

    @property
    def spent(self) -> bool:
        """Whether no more is read."""
        return self.records <= 0 or self.bytes <= 0


def recent_records(
    path: Path, since: datetime, budget: Budget
) -> Iterator[Mapping[str, Any]]:
    """Give the records of the file at `path` and of those it was before, newest first.

    What is older than `since` may be among them. OSError where the newest can't be
    read; none where nothing was recorded yet.
    """
    for place in _newest_first(path):
        try:
            opened = files.open_regular(place)
        except FileNotFoundError:
            continue  # it was rotated meanwhile
        with opened:
            yield from _records(opened.fileno(), since, budget)
        if budget.spent:
            return


def _newest_first(path: Path) -> Sequence[Path]:
    rotated = [each for each in files.all_files(path) if each != path]
    rotated.sort(key=_changed_at, reverse=True)
    return [path, *rotated][:_MOST_FILES]


def _changed_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.lstat().st_mtime
    return 0.0


def _records(
    handle: int, since: datetime, budget: Budget
) -> Iterator[Mapping[str, Any]]:
    """Read a file backwards, until a whole part of it is older than is asked for."""
    for lines in _parts(handle, budget):
        newer = set[bool]()
        for line in lines:
            record = _record(line, budget)
            if record is not None:
                newer.add(_is_newer(record, since))
                yield record
            if budget.spent:
                return
        if newer == {False}:
            return


def _is_newer(record: Mapping[str, Any], since: datetime) -> bool:
    at = time_in_words(record.get("at"))
    return at is None or at >= since


def _record(line: bytes, budget: Budget) -> Mapping[str, Any] | None:
    if not line:
        return None
    budget.records -= 1
    with contextlib.suppress(ValueError):
        content = bounded_json.loads(line) if len(line) <= LONGEST_LINE else None
        if isinstance(content, dict):
            return content
    budget.unreadable += 1
    return None


def _parts(handle: int, budget: Budget) -> Iterator[list[bytes]]:
    """Give the lines of each part of a file, the last line first."""
    rest, end = b"", os.fstat(handle).st_size
    while end > 0 and not budget.spent:
        begin = max(0, end - _CHUNK)
        part = this_platform().open_files.read_at(handle, end - begin, begin)
        budget.bytes -= end - begin
        rest, *whole = (part + rest).split(b"\n")
        # of a line that is too long it is enough to know that it is
        rest = rest[: LONGEST_LINE + 1]
        if begin == 0:
            whole.insert(0, rest)
        yield whole[::-1]
        end = begin
