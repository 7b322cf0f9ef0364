"""Open files of Windows, at a place and onto the disk."""

import os

from agent.platform.windows.win32 import FileCalls


class WindowsOpenFiles:
    """Open files, by the numbers that the C library gives them."""

    def __init__(self, win32: FileCalls) -> None:
        self._win32 = win32

    def read_at(self, handle: int, size: int, at: int) -> bytes:
        return self._win32.read_at(handle, size, at)

    def write_at(self, handle: int, data: bytes, at: int) -> None:
        self._win32.write_at(handle, data, at)

    def sync(self, handle: int) -> None:
        os.fsync(handle)

    def reserve(self, handle: int, size: int) -> None:
        # the C library writes noughts, so that NTFS has the room
        os.ftruncate(handle, size)
