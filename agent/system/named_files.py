"""Files that somebody else names: opened without waiting, regular, and not large.

A FIFO would be waited for, a device may do something when it is opened, /dev/zero has
no end. What is looked at is what is read: the name may mean another file by then.
"""

import errno
import os
from pathlib import Path

from agent.platform.detect import this_platform

MOST = 1_000_000  # bytes


def read_named(path: Path, most: int = MOST) -> bytes:
    """Read a regular file of at most so many bytes; OSError for any other."""
    with os.fdopen(this_platform().files.open_named(path), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, f"is larger than {most} bytes", str(path))
    return data
