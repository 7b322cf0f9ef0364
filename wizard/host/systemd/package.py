"""Whether the program is as its package brought it, as dpkg or rpm knows it."""

import hashlib
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_DPKG = "var/lib/dpkg/info"
# what it takes to run; what is below /etc is to be edited, and manuals may be left out
# where an administrator says so (dpkg's path-exclude, rpm's --excludedocs)
_PROGRAM = ("usr/lib/", "usr/share/dbus-1/", "usr/share/polkit-1/")
# scripts and what it depends on say nothing of the files
_VERIFY = ("--verify", "--nodeps", "--noscripts")
_MISSING = "missing"
_FLAGS = 9
_RPM_S = 60.0
# a frozen program's own libraries are not for the system's programs
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class InstalledPackage:
    """The program as one package brought it.

    The root of the machine, and how rpm is called, are others only in tests.
    """

    name: str
    root: Path = Path("/")
    rpm: Sequence[str] = ("rpm",)

    def damaged(self) -> Sequence[Path] | None:
        try:
            sums = self.root / _DPKG / f"{self.name}.md5sums"
            lines = sums.read_text().splitlines()
        except OSError:
            changed = _by_rpm(self.name, self.rpm)
        else:
            changed = tuple(_by_sums(lines, self.root))
        return None if changed is None else tuple(self.root / name for name in changed)


def _by_sums(lines: Sequence[str], root: Path) -> Iterator[str]:
    """Compare with checksums as dpkg keeps them (deb-md5sums(5))."""
    for wanted, name in (line.split(None, 1) for line in lines):
        if name.startswith(_PROGRAM) and _md5(root / name) != wanted:
            yield name


def _by_rpm(package: str, rpm: Sequence[str]) -> tuple[str, ...] | None:
    try:
        if _run((*rpm, "--query", package)).returncode:
            return None
        compared = _run((*rpm, *_VERIFY, package))
    except (OSError, subprocess.TimeoutExpired):
        return None
    # it ends with 1 where something differs, and also where it could not compare
    if compared.returncode and not any(_rows(compared.stdout)):
        return None
    return changed_by_rpm(compared.stdout)


def changed_by_rpm(verified: str) -> tuple[str, ...]:
    """Name what `rpm --verify` found changed of the program, but for times alone."""
    return tuple(
        name
        for flags, name in _rows(verified)
        if name.startswith(_PROGRAM) and flags.strip(".T")
    )


def _rows(verified: str) -> Iterator[tuple[str, str]]:
    """Read the lines of rpm(8), VERIFY OPTIONS: flags, perhaps a kind, a path."""
    for line in verified.splitlines():
        head, slash, path = line.partition("/")
        flags = head.split(None, 1)[0] if head.strip() else ""
        if slash and (flags == _MISSING or len(flags) >= _FLAGS):
            # why it is missing may follow, such as (Permission denied)
            gone = flags == _MISSING and path.endswith(")")
            yield flags, path.rpartition(" (")[0] if gone else path


def _run(argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=_ENVIRONMENT,
        timeout=_RPM_S,
        check=False,
    )


def _md5(path: Path) -> str:
    try:
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    except OSError:
        return ""
