"""Files that are replaced whole: a reader sees the old one or the new one."""

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

_TORN = ".writeback-new"


def write_atomically(
    path: Path, text: str, *, mode: int = 0o640, group: int | None = None
) -> None:
    """Replace a file in one act: a reader sees the old one or the new one.

    The folder is synced too, so that the name survives a power loss. `mode` is who may
    read it, `group` the id of whom it is given to; the process's own without one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, text.encode(), mode, group)


def copy_atomically(path: Path, to: Path) -> None:
    """Replace a file by the copy of another beside it; FileNotFoundError if none."""
    _replace(to, path.read_bytes(), stat.S_IMODE(path.stat().st_mode), None)


def _replace(path: Path, content: bytes, mode: int, group: int | None) -> None:
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.name}.", suffix=_TORN
    )
    try:
        with os.fdopen(handle, "wb") as file:
            if group is not None:
                os.fchown(file.fileno(), -1, group)
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def torn(path: Path) -> Sequence[Path]:
    """Give what was being written in a file's place when a crash came."""
    return sorted(path.parent.glob(f".{path.name}.*{_TORN}"))


def remove_torn(*folders: Path) -> None:
    """Remove what was being written when a crash came; only for who alone writes there.

    Folders that are not there are passed over.
    """
    for folder in folders:
        for path in folder.glob(f".*{_TORN}"):
            path.unlink(missing_ok=True)
