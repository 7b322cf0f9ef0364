"""Files of Windows: replaced whole, made with their descriptor, never behind a link.

What is not for everybody is made with a descriptor of its own; any other inherits from
its folder. A reparse point is refused where
POSIX has O_NOFOLLOW. What somebody has open can't be replaced: antivirus programs and
readers are waited for, but not for long.
"""

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from agent.platform.interface import TORN, Exposure, FolderOfOthers
from agent.platform.windows import descriptors, sddl
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32 import FileCalls, MachineCalls, Opening
from wire.text import EMPTY, Text

# below the folder of all programs' data
OURS = "Writeback"
_FOR_GROUP, _FOR_OTHERS = 0o070, 0o007
_PATIENCE_S = 2.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.1
_READING = sddl.READ_DATA


class FilesWin32(FileCalls, MachineCalls, Protocol):
    """What files are made with."""


class WindowsFiles:
    """The files of a Windows machine; descriptors say who may."""

    def __init__(
        self,
        win32: FilesWin32,
        *,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._win32 = win32
        self._now, self._pause = now, pause

    def replace(
        self,
        path: Path,
        content: bytes,
        *,
        mode: int,
        group: int | None = None,  # noqa: ARG002 - the folder's descriptor says who
    ) -> None:
        self.replace_with(path, content, self._descriptor(mode))

    def replace_with(self, path: Path, content: bytes, descriptor: str | None) -> None:
        """Replace a file by one that has this descriptor from its first byte on."""
        new = path.with_name(f".{path.name}.{secrets.token_hex(4)}{TORN}")
        handle = self._win32.open_file(_absolute(new), Opening.CREATE, descriptor)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self.move(new, path)
        except BaseException:
            with contextlib.suppress(OSError):  # what is open somewhere: `remove_torn`
                new.unlink(missing_ok=True)
            raise

    def copy(self, path: Path, to: Path) -> None:
        handle = self.open_to_read(path, follow=False)
        with os.fdopen(handle, "rb") as file:
            found = self._win32.sddl_of_open(handle)
            content = file.read()
        try:
            descriptor = descriptors.beside(found)
        except ValueError as error:
            raise OSError(errno.EINVAL, str(error), str(path)) from None
        self.replace_with(to, content, descriptor)

    def move(self, path: Path, to: Path) -> None:
        """Give a file another name; PermissionError where one is open for long."""
        until, pause = self._now() + _PATIENCE_S, _FIRST_PAUSE_S
        while True:
            try:
                self._win32.move_file(_absolute(path), _absolute(to))
            except PermissionError:
                if self._now() >= until:
                    raise
                self._pause(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return

    def open_to_read(self, path: Path, *, follow: bool) -> int:
        where = os.path.realpath(path) if follow else _absolute(path)
        return self._opened(where, Opening.READ, None)

    def open_named(self, path: Path) -> int:
        return self.open_to_read(path, follow=True)

    def open_to_write(self, path: Path, *, mode: int, append: bool = False) -> int:
        how = Opening.APPEND if append else Opening.WRITE
        return self._opened(_absolute(path), how, self._descriptor(mode))

    def create(self, path: Path, *, mode: int) -> int:
        descriptor = self._descriptor(mode)
        return self._opened(_absolute(path), Opening.CREATE, descriptor)

    def exposure(self, handle: int) -> Exposure:
        me = self._win32.own_sid()
        found = self._win32.sddl_of_open(handle)
        try:
            owner = sddl.read(found).owner
            us = self._us()
            readers = descriptors.strangers(found, *us, mask=_READING)
            writers = descriptors.strangers(found, *us, mask=sddl.WRITING)
        except ValueError:  # not understood is open to all
            owner, readers, writers = None, frozenset({"?"}), frozenset({"?"})
        return Exposure(
            regular=self._win32.is_plain_file(handle),
            own=owner == me or owner in self._mine(),
            of_administrator=owner in (sddl.ADMINISTRATORS, sddl.SYSTEM),
            read_by_others=bool(readers | writers),
            written_by_others=bool(writers),
        )

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        """Make a folder; below that of all programs' data, with a descriptor of ours.

        Anybody may make folders there: what is there already is taken only where
        nobody else could have made it, or could change it; else FolderOfOthers.
        """
        ours = Path(self._win32.program_data()) / OURS
        path = path.absolute()
        if not path.is_relative_to(ours):
            path.mkdir(mode, parents=True, exist_ok=True)
            return
        below = path.relative_to(ours).parts
        for deep in range(len(below) + 1):
            self.make_with(ours.joinpath(*below[:deep]), self._folder_descriptor(mode))

    def make_with(self, folder: Path, descriptor: str) -> None:
        """Make one folder with this descriptor; FolderOfOthers as `make_folder`."""
        try:
            self._win32.make_folder(str(folder), descriptor)
        except FileExistsError:
            self._refuse_others(str(folder))

    def sync_folder(self, path: Path) -> None:
        """Do nothing more: what is moved is written through with its name."""

    def readers(self, path: Path) -> Text:
        me = self._win32.own_sid()
        found = self._win32.sddl_of(_absolute(path))
        try:
            others = descriptors.strangers(found, *self._us())
            # who may change who may, whatever the entries say
            ours = {sddl.ADMINISTRATORS, sddl.SYSTEM, service_sid(), me}
            others |= {sddl.read(found).owner or "?"} - ours
        except ValueError:
            others = frozenset({found})
        if not others:
            return EMPTY
        return Text(
            "{path} can be read by others ({who}); treat what is in it as known to "
            "them, replace it, and give permissions to SYSTEM, Administrators and the "
            "service alone",
            path=str(path),
            who=", ".join(sorted(others)),
        )

    def _is_service(self) -> bool:
        """Say whether this is the service: its token has its SID (unrestricted)."""
        service = service_sid()
        return self._win32.own_sid() == service or self._win32.in_token(service)

    def _us(self) -> tuple[str, ...]:
        """Give who this process is, as files name it."""
        me = self._win32.own_sid()
        return (me, service_sid()) if self._is_service() else (me,)

    def _mine(self) -> tuple[str, ...]:
        """Give who else owns what this process makes: the group, where elevated."""
        return (sddl.ADMINISTRATORS,) if self._win32.is_elevated() else ()

    def _descriptor(self, mode: int) -> str | None:
        """Give what a file is made with; nothing where it inherits from its folder."""
        if mode & _FOR_OTHERS:
            return None
        me, service = self._win32.own_sid(), service_sid()
        if self._is_service() and (mode & _FOR_GROUP or me != service):
            # of the service, whatever account it has, now or later
            return descriptors.file_changed_by(service)
        if not self._win32.is_elevated():
            return descriptors.file_of(me)
        if mode & _FOR_GROUP:
            return "O:BA" + descriptors.file_read_by(service)
        return descriptors.file_of_administrators()

    def _folder_descriptor(self, mode: int) -> str:
        service = service_sid()
        if self._is_service():
            return descriptors.folder_changed_by(service)
        if mode & _FOR_GROUP:
            return descriptors.folder_read_by(service)
        return descriptors.folder_of_administrators()

    def _refuse_others(self, folder: str) -> None:
        """Refuse a folder that others could have made, or where they could write.

        An administrator's is taken where others may read at most: it is mended later.
        """
        if self._win32.is_plain_folder(folder):
            found = self._win32.sddl_of(folder)
            if self._is_ours(found) or self._is_mended(found):
                return
        raise FolderOfOthers(
            errno.EACCES, "others could have made or changed this folder", folder
        )

    def _is_ours(self, found: str) -> bool:
        service = service_sid()
        known = (
            descriptors.folder_changed_by(service),
            descriptors.folder_read_by(service),
            descriptors.folder_of_administrators(),
        )
        own = self._us() if self._is_service() else ()
        owners = (sddl.ADMINISTRATORS, sddl.SYSTEM, service, *own)
        made = [f"O:{owner}{each}" for owner in owners for each in known]
        return any(sddl.same(found, each) for each in made)

    def _is_mended(self, found: str) -> bool:
        if self._is_service() or not self._win32.is_elevated():
            return False
        try:
            writers = descriptors.writers(found)
        except ValueError:  # not understood is open to all
            return False
        owner = sddl.read(found).owner
        known = {sddl.ADMINISTRATORS, sddl.SYSTEM, service_sid()}
        return owner in (sddl.ADMINISTRATORS, sddl.SYSTEM) and writers <= known

    def _opened(self, path: str, how: Opening, descriptor: str | None) -> int:
        handle = self._win32.open_file(path, how, descriptor)
        with contextlib.ExitStack() as undo:
            undo.callback(os.close, handle)
            if not self._win32.is_plain_file(handle):
                raise OSError(errno.EINVAL, "is no regular file", path)
            undo.pop_all()
        return handle


def _absolute(path: Path) -> str:
    return str(path.absolute())
