"""Locks of Windows (LockFileEx): one byte, far behind any content.

What is locked can't be read by others, so no byte of the content is: who holds a lock
is written in its file, and read while it is held.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from agent.platform.windows.win32 import FileCalls, Opening

AT = 0x7FFFFFFF
_TRIES, _PAUSE_S = 10, 0.01


class WindowsLocks:
    """Locks that end with the process that holds them."""

    def __init__(
        self, win32: FileCalls, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._win32, self._pause = win32, pause

    def lock(self, handle: int, *, wait: bool) -> bool:
        return self._win32.lock_byte(handle, AT, wait=wait)

    def unlock(self, handle: int) -> None:
        self._win32.unlock_byte(handle, AT)

    def lock_visibly(self, handle: int) -> bool:
        """Take it; one who asks has it for a moment, and is outlasted."""
        for _ in range(_TRIES):
            if self.lock(handle, wait=False):
                return True
            self._pause(_PAUSE_S)
        return False

    def is_locked(self, path: Path) -> bool:
        """Ask by taking it for a moment: Windows has no other question.

        Who asks at the same time is outlasted, too.
        """
        handle = self._win32.open_file(str(path.absolute()), Opening.READ)
        try:
            return not self.lock_visibly(handle)
        finally:
            os.close(handle)  # which lets go of the lock, too
