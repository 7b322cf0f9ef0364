"""POSIX files: replaced whole, opened without links and without waiting."""

import errno
import os
import stat
import tempfile
from pathlib import Path

from agent.platform.interface import TORN, Exposure
from wire.text import EMPTY, Text

_OTHERS, _OTHERS_WRITE = 0o077, 0o022
_GUARD = os.O_CLOEXEC | os.O_NOFOLLOW


class PosixFiles:
    """The files of a Linux machine; owners and modes say who may."""

    def replace(
        self, path: Path, content: bytes, *, mode: int, group: int | None = None
    ) -> None:
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=TORN
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
        self.sync_folder(path.parent)

    def copy(self, path: Path, to: Path) -> None:
        self.replace(to, path.read_bytes(), mode=stat.S_IMODE(path.stat().st_mode))

    def move(self, path: Path, to: Path) -> None:
        path.replace(to)

    def open_to_read(self, path: Path, *, follow: bool) -> int:
        guard = os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        return os.open(path, os.O_RDONLY | guard)

    def open_named(self, path: Path) -> int:
        # names a file without opening it, so that no device notices
        named = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            _check_regular(named, path)
            return self.open_to_read(Path(f"/proc/self/fd/{named}"), follow=True)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from None
        finally:
            os.close(named)

    def open_to_write(self, path: Path, *, mode: int, append: bool = False) -> int:
        flags = os.O_RDWR | os.O_CREAT | (os.O_APPEND if append else 0)
        return os.open(path, flags | os.O_NONBLOCK | _GUARD, mode)

    def create(self, path: Path, *, mode: int) -> int:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _GUARD, mode)

    def exposure(self, handle: int) -> Exposure:
        status = os.fstat(handle)
        return Exposure(
            regular=stat.S_ISREG(status.st_mode),
            own=status.st_uid == os.geteuid(),
            of_administrator=status.st_uid == 0,
            read_by_others=bool(status.st_mode & _OTHERS),
            written_by_others=bool(status.st_mode & _OTHERS_WRITE),
        )

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        path.mkdir(mode, parents=True, exist_ok=True)

    def sync_folder(self, path: Path) -> None:
        folder = os.open(path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def readers(self, path: Path) -> Text:
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & _OTHERS:
            return EMPTY
        return Text(
            "{path} can be read by others (mode {mode}); treat what is in it as "
            "known to them, replace it, and set the mode to 0600 (0700 the folder)",
            path=str(path),
            mode=f"{mode:o}",
        )


def _check_regular(handle: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError(errno.EINVAL, "is no regular file", str(path))
