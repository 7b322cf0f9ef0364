"""The Debian root that Wine runs in, and a prefix in it, made once and kept.

It is Debian 13 on every Debian, with Wine 10; nothing of the product is in it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.chroot.debian import archive_keys, mirror
from lab.chroot.errors import LabError
from lab.chroot.progress import Say
from lab.places import LAB
from lab.windows import fonts, icu

# Part of the stamp: raise it when what is made of the packages changes.
VERSION = "wine-1"
SUITE = "trixie"
PACKAGES = (
    *("wine", "wine64", "xvfb", "ca-certificates"),
    # in the place of Segoe UI and Yu Gothic UI, which are not free
    *("fonts-open-sans", "fonts-ipafont-gothic"),
    # makes a library that Wine lacks
    "binutils-mingw-w64-x86-64",
)
KEPT = LAB / "windows"
ROOT = KEPT / "root"
_NEEDED_BYTES = 4_000_000_000


def fingerprint() -> str:
    """Hash what decides about the root."""
    parts = [VERSION, SUITE, *PACKAGES]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def prefix_fingerprint() -> str:
    """Hash what decides about the prefix."""
    values = {**fonts.REPLACED, **fonts.METRICS}
    parts = [fingerprint(), icu.SOURCE, *(f"{k}={v!r}" for k, v in values.items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@contextmanager
def held() -> Iterator[None]:
    """Hold the root: one session at a time, whoever asks, however many wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ensure_root(say: Say) -> Path:
    """Make the root unless one of the same packages is there; give its folder.

    Whoever asks holds it. What is made in it besides, the prefix, goes with it.
    """
    stamp = ROOT / "etc/writeback-lab"
    if stamp.is_file() and stamp.read_text() == fingerprint():
        return ROOT
    _check_can_build()
    say("building a Debian root with Wine (three minutes)")
    shutil.rmtree(ROOT, ignore_errors=True)
    building = ROOT.with_name(f"{ROOT.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    _debootstrap(building)
    for folder in ("w", "prefix"):
        (building / folder).mkdir()
    (building / "etc/writeback-lab").write_text(fingerprint())
    building.rename(ROOT)
    return ROOT


def _check_can_build() -> None:
    if os.geteuid() != 0:
        raise LabError("The lab needs root to build its Wine root.", "Use sudo.")
    if shutil.which("mmdebstrap") is None:
        raise LabError("mmdebstrap is missing.", "Run ./dev lab up, it installs it.")
    free = shutil.disk_usage(KEPT).free
    if free < _NEEDED_BYTES:
        raise LabError(
            f"{KEPT} has {free // 1_000_000} MB free.",
            f"The lab needs {_NEEDED_BYTES // 1_000_000} MB: make room there.",
        )


def _debootstrap(target: Path) -> None:
    source = f"deb [signed-by={archive_keys()}] {mirror(Path('/etc/apt'))} {SUITE} main"
    argv = ["mmdebstrap", "--mode=root", "--variant=minbase"]
    argv += [f"--include={','.join(PACKAGES)}", SUITE, str(target), source]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join(done.stderr.splitlines()[-15:])
        raise LabError("mmdebstrap could not build the Wine root.", tail)
