"""Files that are replaced whole: a reader sees the old one or the new one."""

from collections.abc import Sequence
from pathlib import Path

from agent.platform.detect import this_platform
from agent.platform.interface import TORN


def write_atomically(
    path: Path, text: str, *, mode: int = 0o640, group: int | None = None
) -> None:
    """Replace a file in one act: a reader sees the old one or the new one.

    The name survives a power loss. `mode` is who may read it, `group` the id of whom
    it is given to; the process's own without one.
    """
    files = this_platform().files
    files.make_folder(path.parent)
    files.replace(path, text.encode(), mode=mode, group=group)


def copy_atomically(path: Path, to: Path) -> None:
    """Replace a file by the copy of another beside it; FileNotFoundError if none."""
    this_platform().files.copy(path, to)


def torn(path: Path) -> Sequence[Path]:
    """Give what was being written in a file's place when a crash came."""
    return sorted(path.parent.glob(f".{path.name}.*{TORN}"))


def remove_torn(*folders: Path) -> None:
    """Remove what was being written when a crash came; only for who alone writes there.

    Folders that are not there are passed over.
    """
    for folder in folders:
        for path in folder.glob(f".*{TORN}"):
            path.unlink(missing_ok=True)
