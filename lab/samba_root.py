"""The Debian root that holds Samba 4.24, built once from the machine's own mirror.

Samba 4.24 is the first release that offers and enforces the policy-hints control as
Active Directory does; it comes from trixie-backports and runs on any Debian host.
"""

import os
import shutil
import subprocess
from pathlib import Path

from lab.chroot.debian import archive_keys, mirror
from lab.chroot.errors import LabError
from lab.chroot.progress import Say

# Part of the stamp: raise it when the packages below change.
VERSION = "samba-4.24-trixie-1"
SUITE = "trixie"
BACKPORTS = "trixie-backports"
PACKAGES = "samba-ad-dc,samba-ad-provision,python3-samba,ldb-tools,iproute2"
NEEDED_BYTES = 1_500_000_000
_APT = Path("/etc/apt")


def ensure_root(root: Path, say: Say) -> None:
    """Build the root unless one of this version is there already."""
    stamp = root / "etc/writeback-lab"
    if stamp.is_file() and stamp.read_text() == VERSION:
        return
    _check_can_build(root)
    say("building a Debian root with Samba 4.24 (half a minute)")
    shutil.rmtree(root, ignore_errors=True)
    building = root.with_name(f"{root.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    _debootstrap(building)
    (building / "lab").mkdir()
    (building / "etc/writeback-lab").write_text(VERSION)
    building.rename(root)


def _check_can_build(root: Path) -> None:
    if os.geteuid() != 0:
        raise LabError("The lab needs root to build its Samba root.", "Use sudo.")
    if shutil.which("mmdebstrap") is None:
        raise LabError("mmdebstrap is missing.", "Run ./dev lab up, it installs it.")
    root.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(root.parent).free
    if free < NEEDED_BYTES:
        raise LabError(
            f"{root.parent} has {free // 1_000_000} MB free.",
            f"The lab needs {NEEDED_BYTES // 1_000_000} MB: make room there.",
        )


def _debootstrap(target: Path) -> None:
    origin = f"[signed-by={archive_keys()}] {mirror(_APT)}"
    argv = [
        *("mmdebstrap", "--mode=root", "--variant=minbase"),
        f'--aptopt=APT::Default-Release "{BACKPORTS}"',
        *(f"--include={PACKAGES}", SUITE, str(target)),
        f"deb {origin} {SUITE} main",
        f"deb {origin} {BACKPORTS} main",
    ]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise LabError("mmdebstrap could not build the Samba root.", tail)
