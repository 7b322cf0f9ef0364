"""Who owns what on a server."""

import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agent.places import Places
from wizard.host import Misplaced, Protection, ServiceFailed

USER = "writeback"


def misplaced(places: Places, service_files: Sequence[Path]) -> tuple[Misplaced, ...]:
    """Compare owners and modes with what they were made with; what is there only."""
    found = []
    for path, wanted in _wanted(places, service_files):
        if not path.exists():
            continue
        now = _now(path)
        if now != wanted:
            found.append(Misplaced(path, now, wanted))
    return tuple(found)


def protect(path: Path, wanted: Protection) -> None:
    """Give a file or folder its owner and mode; never what a link leads to."""
    if path.is_symlink():
        told = f"{path} is a link, where a file of the installation should be."
        raise ServiceFailed(told)
    os.chown(path, _id(wanted.user, _user_id), _id(wanted.group, _group_id))
    path.chmod(int(wanted.mode, 8))


def _wanted(
    places: Places, service_files: Sequence[Path]
) -> Iterator[tuple[Path, Protection]]:
    yield places.settings.parent, Protection("root", "root", "755")
    yield places.settings, Protection("root", USER, "640")
    yield places.enrolment, Protection("root", USER, "640")
    yield places.secrets, Protection("root", "root", "700")
    yield places.journal, Protection("root", "root", "700")
    for path in service_files:
        yield path.parent, Protection("root", "root", "755")
        yield path, Protection("root", "root", "644")


def _now(path: Path) -> Protection:
    found = path.lstat()
    mode = f"{stat.S_IMODE(found.st_mode):03o}"
    return Protection(_user(found), _group(found), mode)


def _user(found: os.stat_result) -> str:
    try:
        return pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        return str(found.st_uid)


def _group(found: os.stat_result) -> str:
    try:
        return grp.getgrgid(found.st_gid).gr_name
    except KeyError:
        return str(found.st_gid)


def _id(name: str, look_up: Callable[[str], int]) -> int:
    """Give the id behind a name; one that has no name is told by its number."""
    return int(name) if name.isdecimal() else look_up(name)


def _user_id(name: str) -> int:
    return pwd.getpwnam(name).pw_uid


def _group_id(name: str) -> int:
    return grp.getgrnam(name).gr_gid
