"""Room that is kept on the disk, so that what was begun can be recorded to its end."""

import contextlib
import errno
import os
from pathlib import Path

from agent.platform.detect import this_platform

# requests under way at once, and the longest record that one of them may end with
SIZE = 16 * 16 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Reserve:
    """A file of that size beside the records, given up when the disk is full."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hold(self) -> None:
        """See that the room is there; OSError where it is not."""
        with contextlib.suppress(FileNotFoundError):
            if self._path.lstat().st_size == SIZE:
                return
        here = this_platform()
        handle = here.files.open_to_write(self._path, mode=0o600)
        try:
            here.open_files.reserve(handle, SIZE)
        except OSError:
            os.ftruncate(handle, 0)
            raise
        finally:
            os.close(handle)

    def give_up(self, error: OSError) -> bool:
        """Make room where an error is of a full disk; say whether there was any."""
        if error.errno not in _FULL:
            return False
        with contextlib.suppress(OSError):
            had = self._path.lstat().st_size > 0
            os.truncate(self._path, 0)
            return had
        return False
