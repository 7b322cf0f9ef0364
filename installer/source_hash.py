"""What a package is made of, as one hash; the version and the time it is given."""

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from installer import build_root
from installer.errors import BuildError
from installer.guide.build import SOURCE
from installer.paths import INSTALLER, PYPROJECT, REPOSITORY, SOURCES, SOURCES_OF
from installer.staging import DOCUMENTS

# Also what the packages' documents are made of.
_FOLDERS = (*SOURCES, INSTALLER.name, SOURCE)
_MORE = ("CHANGELOG.md", "LICENSE", "pyproject.toml", *chain(*DOCUMENTS.values()))
_NOT_SOURCES = shutil.ignore_patterns("__pycache__", "*.pyc", "*.pot")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){1,2}([.~+a-z0-9]*[a-z0-9])?")


def project_version() -> str:
    """Give the version in pyproject.toml."""
    return str(tomllib.loads(PYPROJECT.read_text())["project"]["version"])


def checked_version(version: str) -> str:
    """Give the version if both packagers order it alike, else raise BuildError."""
    if _VERSION.fullmatch(version) is None:
        raise BuildError(
            f"{version} is no version that packages can have.",
            "Give digits and dots, for example --version 0.2.0.",
        )
    return version


def epoch() -> int:
    """Give the time of what is built: SOURCE_DATE_EPOCH, else the last commit's.

    The last commit that touched what goes into the packages: one that did not
    changes nothing.
    """
    named = os.environ.get("SOURCE_DATE_EPOCH", "")
    if named.isdecimal():
        return int(named)
    argv = ["git", "log", "-1", "--format=%ct", "--", *_FOLDERS, *_MORE]
    done = subprocess.run(
        argv, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if not done.stdout.strip().isdecimal():
        raise BuildError(
            "The time of the last commit can't be read.",
            "Set SOURCE_DATE_EPOCH to seconds since 1970 to build without git.",
        )
    return int(done.stdout)


def copy(repository: Path, to: Path) -> None:
    """Copy everything that decides about the packages, laid out as there."""
    for name in _FOLDERS:
        shutil.copytree(repository / name, to / name, ignore=_NOT_SOURCES)
    for name in _MORE:
        (to / name).parent.mkdir(exist_ok=True)
        shutil.copy(repository / name, to / name)


def of_package(copied: Path, *more: str) -> str:
    """Hash everything that was copied, and `more`."""
    return _hash(copied, (*_FOLDERS, *_MORE), more)


def of_programs(copied: Path, short: str) -> str:
    """Hash everything that decides about the frozen programs of one package."""
    ours = ("installer/freeze", "installer/pyinstaller.py")
    return _hash(copied, (*SOURCES_OF[short], *ours), (short,))


def _hash(base: Path, names: Iterable[str], more: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join((build_root.fingerprint(), *more)).encode())
    for name in names:
        tree = base / name
        for path in sorted(tree.rglob("*")) if tree.is_dir() else [tree]:
            if path.is_file():
                executable = "x" if path.stat().st_mode & 0o100 else "-"
                digest.update(f"{path.relative_to(base)}\0{executable}".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
