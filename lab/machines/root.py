"""Bare Debian roots that boot: what an administrator's new server has, and no more."""

import fcntl
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from lab.chroot.debian import archive_keys, mirror
from lab.chroot.errors import LabError
from lab.chroot.progress import Say, silent
from lab.places import LAB

Suite = Literal["bookworm", "trixie"]
# Part of the stamp: raise it when the packages below change.
VERSION = "machine-2"
# No Python: what is installed brings its own. polkit and D-Bus are what a server has.
PACKAGES = (
    "systemd,systemd-sysv,dbus,libpam-systemd,iproute2,procps,polkitd,ca-certificates"
)
FOLDER = LAB / "machines"


def ensure_root(suite: Suite, say: Say = silent, *, more: Sequence[str] = ()) -> Path:
    """Build a root unless one of this version is there already; give its folder.

    Args:
        suite: of Debian.
        say: told that it is built.
        more: packages besides; such a root is one of its own.

    """
    name = "-".join((suite, *more))
    root = FOLDER / name
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two workers of pytest build it once
        stamp = root / "etc/writeback-machine"
        if stamp.is_file() and stamp.read_text() == VERSION:
            return root
        say(f"building a bare Debian root ({name}, half a minute)")
        shutil.rmtree(root, ignore_errors=True)
        building = root.with_name(f"{name}.new")
        shutil.rmtree(building, ignore_errors=True)
        _debootstrap(suite, building, more)
        (building / "etc/writeback-machine").write_text(VERSION)
        building.rename(root)
    return root


def _debootstrap(suite: Suite, target: Path, more: Sequence[str]) -> None:
    source = f"deb [signed-by={archive_keys()}] {mirror(Path('/etc/apt'))} {suite} main"
    argv = ["mmdebstrap", "--mode=root", "--variant=minbase"]
    argv += [f"--include={','.join((PACKAGES, *more))}", suite, str(target), source]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise LabError(f"mmdebstrap could not build the {suite} root.", tail)
    # the machine has no way to a mirror, and says nothing of ours
    (target / "etc/apt/sources.list").write_text("")
