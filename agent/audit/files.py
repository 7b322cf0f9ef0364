"""The files of an audit trail: the one that grows, and those that it was before."""

import os
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from agent.audit import chain
from agent.audit.chain import MOST_BYTES, Link
from agent.platform.detect import this_platform

_CHUNK = 2 * MOST_BYTES


def rotated(path: Path) -> Sequence[Path]:
    """Give the files that were rotated by this program, oldest first."""
    return [each for each in _named_like(path) if each.stem.startswith(f"{path.stem}-")]


def rotated_name(path: Path, last: int) -> Path:
    """Name a file after its last record."""
    return path.with_name(f"{path.stem}-{last:015d}{path.suffix}")


def all_files(path: Path) -> Sequence[Path]:
    """Give every file of a trail, those that others rotated too (`audit.jsonl.1`)."""
    return [each for each in _named_like(path) if each.is_file()]


def _named_like(path: Path) -> Sequence[Path]:
    """Give what has such a name and no other, in order; no links."""
    stem, suffix = re.escape(path.stem), re.escape(path.suffix)
    name = re.compile(rf"{stem}(-[0-9]{{15}})?{suffix}(\.[0-9]{{1,9}})?")
    found = path.parent.glob(f"{path.stem}*")
    return sorted(
        each for each in found if name.fullmatch(each.name) and not each.is_symlink()
    )


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read; OSError where it is a link, a pipe or a device."""
    handle = this_platform().files.open_to_read(path, follow=False)
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise OSError(0, "is no regular file", str(path))
    return file


def first_link(file: BinaryIO) -> Link | None:
    """Find the first record of the chain near the start of a file."""
    lines = _read_at(file.fileno(), _CHUNK, 0).split(b"\n")[:-1]
    return next((link for line in lines if (link := chain.read(line))), None)


def last_link(handle: int, size: int) -> tuple[Link | None, int]:
    """Find the last record of a file; and how many bytes after it are no whole line."""
    whole = _whole_lines_end(handle, size)
    began = max(0, whole - _CHUNK)
    lines = reversed(_read_at(handle, whole - began, began).split(b"\n"))
    link = next((link for line in lines if (link := chain.read(line))), None)
    return link, size - whole


def _whole_lines_end(handle: int, size: int) -> int:
    """Give where the last line break ends; 0 where there is none."""
    end = size
    while end > 0:
        began = max(0, end - _CHUNK)
        at = _read_at(handle, end - began, began).rfind(b"\n")
        if at >= 0:
            return began + at + 1
        end = began
    return 0


def _read_at(handle: int, size: int, at: int) -> bytes:
    return this_platform().open_files.read_at(handle, size, at)
