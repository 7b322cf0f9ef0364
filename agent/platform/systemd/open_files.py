"""Open files of POSIX: pread, pwrite, fdatasync, posix_fallocate."""

import os


class PosixOpenFiles:
    """Open files, whatever place their own position is at."""

    def read_at(self, handle: int, size: int, at: int) -> bytes:
        return os.pread(handle, size, at)

    def write_at(self, handle: int, data: bytes, at: int) -> None:
        os.pwrite(handle, data, at)

    def sync(self, handle: int) -> None:
        os.fdatasync(handle)

    def reserve(self, handle: int, size: int) -> None:
        os.posix_fallocate(handle, 0, size)
