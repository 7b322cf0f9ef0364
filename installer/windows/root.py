"""The clean Debian root that the MSI is made in, made once and kept.

It is Debian 13 on every Debian: its Python is of the same version as the one that is
packed, so that what it compiles is read there, and it has msitools that know what the
MSI needs. Of Windows nothing is in it.
"""

import hashlib
import shutil
from pathlib import Path

from installer import build_root
from installer.windows.pins import KEPT
from lab.chroot.progress import Say

# Part of the stamp: raise it when what is below changes.
VERSION = "windows-2"
SUITE = "trixie"
PACKAGES = (
    *("python3", "wixl", "msitools"),
    # looks at signatures, and makes ours, with the authorities it may trust
    *("osslsigncode", "ca-certificates"),
    # wixl takes no time but the clock's
    "faketime",
    # draws the icon
    "librsvg2-bin",
    # windmc, windres and ld for the messages of events
    "binutils-mingw-w64-x86-64",
)


def fingerprint() -> str:
    """Hash what decides about the root."""
    return hashlib.sha256("\0".join([VERSION, SUITE, *PACKAGES]).encode()).hexdigest()


def ensure_root(say: Say) -> Path:
    """Make the root unless one of the same inputs is there; give its folder."""
    root, stamp = KEPT / "root", KEPT / "root.stamp"
    if root.is_dir() and stamp.is_file() and stamp.read_text() == fingerprint():
        return root
    build_root.check_tools()
    KEPT.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    say(f"making a clean Debian root ({SUITE}) with what makes an MSI")
    building = KEPT / "root.new"
    for old in (root, building):
        shutil.rmtree(old, ignore_errors=True)
    build_root.debootstrap(building, SUITE, ",".join(PACKAGES))
    building.rename(root)
    stamp.write_text(fingerprint())
    return root
