"""What is set up on a Linux machine, read back with the user of this process."""

import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agent.platform import installed
from agent.platform.installed import Finding, Places
from agent.platform.systemd.files import PosixFiles
from wire.text import EMPTY, Text

USER = "writeback"


@dataclass(frozen=True)
class Protected:
    """A file or folder, its owners by name, and its mode in three octal digits."""

    path: Path
    user: str
    group: str
    mode: str
    folder: bool = False

    @property
    def is_of_service(self) -> bool:
        """Whether the service has to do with it."""
        return USER in (self.user, self.group)

    def __str__(self) -> str:
        return f"{self.mode} {self.user}:{self.group}"


def of_root(places: Places) -> Iterator[Protected]:
    """Give what root makes; folders before what is in them."""
    yield Protected(places.settings.parent, "root", "root", "755", folder=True)
    yield Protected(places.settings, "root", USER, "640")
    yield Protected(places.enrolment, "root", USER, "640")
    yield Protected(places.secrets, "root", "root", "700", folder=True)
    yield Protected(places.journal, "root", "root", "700", folder=True)


def of_service(places: Places) -> Iterator[Protected]:
    """Give the folders that the service's unit makes, not an administrator's own."""
    for path in (places.state, places.log.parent):
        if not path.is_symlink():  # as on another disk
            yield Protected(path, USER, USER, "750", folder=True)


class SystemdInstallation:
    """The installation of this machine; systemd opens its secrets for the service."""

    def credentials(self, folder: Path) -> None:
        """Give none."""

    def findings(self, places: Places) -> Iterator[Finding]:
        me = _name(os.geteuid(), pwd.getpwuid)
        yield installed.account(me, of_service=me == USER)
        for each in (*of_root(places), *of_service(places)):
            yield installed.protected(each.path, _differs(each) or _unopened(each))


def _differs(each: Protected) -> Text:
    try:
        status = each.path.lstat()
    except OSError as error:
        return installed.unread(each.path, error)
    now = Protected(
        each.path,
        _name(status.st_uid, pwd.getpwuid),
        _name(status.st_gid, grp.getgrgid),
        f"{stat.S_IMODE(status.st_mode):03o}",
    )
    return installed.other(str(now), str(each))


def _unopened(each: Protected) -> Text:
    """Say why it can't be opened; what is root's alone is none of the service's."""
    if not each.is_of_service:
        return EMPTY
    return installed.unopened(
        PosixFiles(), each.path, folder=each.folder, changed=each.folder
    )


def _name(number: int, look_up: Callable[[int], tuple[object, ...]]) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)
