"""What a folder of frozen programs holds: whose works, read from the folder itself.

A list by hand, or of what is installed where it is built, would name what was left out
and hide what came in.
"""

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from installer.staging import PROJECT

# PyInstaller's start program is in each executable; its licence lets anything be
# started by it.
_STARTS = "pyinstaller"


@dataclass(frozen=True, slots=True)
class DebianLibrary:
    """A package of Debian's, a library of which lies in the folder."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class FrozenWorks:
    """Everything that is not our own, by name."""

    wheels: Sequence[Distribution]
    libraries: Sequence[DebianLibrary]


def name_of(distribution: Distribution) -> str:
    """Give a distribution's normalized name."""
    return canonicalize_name(str(distribution.metadata["Name"]))


def works_in(programs: Path, *also: str) -> FrozenWorks:
    """Look through a folder that PyInstaller made; runs where it was made.

    `also` names distributions of which something lies elsewhere in the package.
    """
    modules = programs / "_internal"
    files = {str(each.relative_to(modules)) for each in modules.rglob("*")}
    others = [each for each in distributions() if name_of(each) != PROJECT]
    known = {_STARTS, *also}
    wheels = [each for each in others if name_of(each) in known or _in(each, files)]
    theirs = {str(file) for each in wheels for file in each.files or ()}
    names = {
        _debian_package(path.name)
        for path in modules.glob("*.so*")
        if path.name not in theirs and not path.is_symlink()
    }
    return FrozenWorks(
        sorted(wheels, key=name_of),
        [DebianLibrary(name, _debian_version(name)) for name in sorted(names)],
    )


def _in(distribution: Distribution, files: set[str]) -> bool:
    return any(name in files for name in _frozen_names(distribution))


def _frozen_names(distribution: Distribution) -> Iterator[str]:
    """Give a distribution's files as PyInstaller names them: compiled."""
    for path in distribution.files or ():
        yield str(path.with_suffix(".pyc")) if path.suffix == ".py" else str(path)


def _debian_package(library: str) -> str:
    """Find whose a library is; it fails where it is nobody's, and so does the build."""
    found = _asked("dpkg-query", "--search", f"*/{library}")
    return found.partition(":")[0]


def _debian_version(name: str) -> str:
    return _asked("dpkg-query", "--show", "--showformat=${Version}", name)


def _asked(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout
