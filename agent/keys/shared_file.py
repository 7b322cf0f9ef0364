"""A file that both processes of a hand-over replace: in turn, and known for another."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.platform.detect import this_platform

# inode, time, size
Stamp = tuple[int, int, int]


def lock_of(path: Path) -> Path:
    """Name the file that is locked while another is replaced."""
    return path.with_suffix(".lock")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes of this agent out of a file; OSError: it can't be locked."""
    here = this_platform()
    here.files.make_folder(path.parent)
    with lock_of(path).open("a") as lock:
        here.locks.lock(lock.fileno(), wait=True)
        yield


def stamp(path: Path) -> Stamp | None:
    """Say which file is there; None where none is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
