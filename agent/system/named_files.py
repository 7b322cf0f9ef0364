"""Files that somebody else names: opened without waiting, regular, and not large.

A FIFO would be waited for, a device may do something when it is opened, /dev/zero has
no end. What is looked at is what is read: the name may mean another file by then.
"""

import errno
import os
import stat
from pathlib import Path

MOST = 1_000_000  # bytes
# of Linux: names a file without opening it, so that no device notices
_PATH_ONLY = getattr(os, "O_PATH", None)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def read_named(path: Path, most: int = MOST) -> bytes:
    """Read a regular file of at most so many bytes; OSError for any other."""
    with os.fdopen(_opened(path), "rb") as file:
        _check_regular(file.fileno(), path)
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"is larger than {most} bytes", str(path))
    return data


def _opened(path: Path) -> int:
    if _PATH_ONLY is None:
        return os.open(path, _READ)
    named = os.open(path, _PATH_ONLY | os.O_CLOEXEC)
    try:
        _check_regular(named, path)
        return os.open(f"/proc/self/fd/{named}", _READ)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        os.close(named)


def _check_regular(handle: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError(errno.EINVAL, "is no regular file", str(path))
