"""Who owns what on a server."""

import contextlib
import errno
import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.keys.shared_file import lock_of
from agent.platform.systemd import installation
from agent.platform.systemd.installation import USER
from agent.system.paths import Paths
from wire.text import Text
from wizard.host.interface import Misplaced, Protection, ServiceFailed


@dataclass(frozen=True)
class ServerOwnership:
    """Owners and modes of this server's installation, and of its unit's drop-in."""

    places: Paths
    drop_in: Path

    def misplaced(self) -> Sequence[Misplaced]:
        return misplaced(self.places, (self.drop_in,))

    def protect(self, path: Path, wanted: Protection) -> None:
        protect(path, wanted)


def misplaced(places: Paths, service_files: Sequence[Path]) -> tuple[Misplaced, ...]:
    """Compare owners and modes with what they were made with; what is there only."""
    compared = (*_wanted(places, service_files), *_of_the_agent(places))
    return tuple(
        Misplaced(path, now, wanted)
        for path, wanted in compared
        if (now := _now(path)) is not None and now != wanted
    )


def protect(path: Path, wanted: Protection) -> None:
    """Give a file or folder its owner and mode; never what a link leads to.

    What is in a folder of the agent's user may be replaced at any moment: what was
    looked at is held open, and nothing is done by name.
    """
    with contextlib.ExitStack() as ending:
        folder = _opened(path.parent, os.O_DIRECTORY, None)
        ending.callback(os.close, folder)
        handle = _opened(path, os.O_NONBLOCK, folder)
        ending.callback(os.close, handle)
        status = os.fstat(handle)
        if not stat.S_ISDIR(status.st_mode):
            _refuse_others(path, status)
        user, group = _id(wanted.user, pwd.getpwnam), _id(wanted.group, grp.getgrnam)
        os.fchown(handle, user, group)
        os.fchmod(handle, int(wanted.mode, 8))


def _opened(path: Path, kind: int, folder: int | None) -> int:
    name = path if folder is None else path.name
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | kind
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        # open(2): ENOTDIR for a link where a folder is asked for
        if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
            raise
        reason = Text(
            "{path} is a link, where a part of the installation should be.",
            path=str(path),
        )
        if error.errno == errno.ENXIO:
            reason = Text("{path} is no file.", path=str(path))
        raise ServiceFailed(reason) from error


def _refuse_others(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ServiceFailed(Text("{path} is no file.", path=str(path)))
    if status.st_nlink > 1:
        reason = Text(
            "{path} has another name too (a hard link), which may be anybody's.",
            path=str(path),
        )
        raise ServiceFailed(reason)


def _wanted(
    places: Paths, service_files: Sequence[Path]
) -> Iterator[tuple[Path, Protection]]:
    for each in installation.of_root(places):
        yield each.path, Protection(each.user, each.group, each.mode)
    for path in service_files:
        yield path.parent, Protection("root", "root", "755")
        yield path, Protection("root", "root", "644")


def _of_the_agent(places: Paths) -> Iterator[tuple[Path, Protection]]:
    """Give what the agent writes, with the modes of its unit (UMask and folders).

    Root's are the folders above. What is left of older files does not matter to it.
    """
    for folder in (places.state, places.audit.parent):
        if not folder.is_symlink():  # as on another disk: an administrator's own
            yield folder, Protection(USER, USER, "750")
    yield places.starts, Protection(USER, USER, "640")
    # what it replaces and locks by itself, or it could do neither after a restore
    sealing, succession = places.sealing_keys, places.succession
    for path in (places.audit_head, sealing, succession, places.breaker):
        yield path, Protection(USER, USER, "600")
    for path in (lock_of(sealing), lock_of(succession)):
        yield path, Protection(USER, USER, "600")
    # what is beside an SQLite database has its mode
    for more in ("", "-wal", "-shm"):
        name = f"{places.ledger.name}{more}"
        yield places.ledger.with_name(name), Protection(USER, USER, "600")
    yield places.audit, _of_records(places.audit)


def _of_records(path: Path) -> Protection:
    """Let a group read the records where it may, as with logrotate's `create`."""
    now = _now(path)
    if now is not None and (now.user, now.mode) == (USER, "640"):
        return now
    return Protection(USER, USER, "600")


def _now(path: Path) -> Protection | None:
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    mode = f"{stat.S_IMODE(status.st_mode):03o}"
    user = _name(status.st_uid, pwd.getpwuid)
    return Protection(user, _name(status.st_gid, grp.getgrgid), mode)


# a user's and a group's entry begin alike: name, password, id (pwd, grp)
_Entry = pwd.struct_passwd | grp.struct_group


def _name(number: int, look_up: Callable[[int], _Entry]) -> str:
    try:
        return str(look_up(number)[0])
    except KeyError:
        return str(number)


def _id(name: str, look_up: Callable[[str], _Entry]) -> int:
    """Give the id behind a name; one that has no name is told by its number."""
    return int(name) if name.isdecimal() else int(look_up(name)[2])
