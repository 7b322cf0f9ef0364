"""Writes the copyright file of a package: whose work it holds, and on what terms."""

from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

from installer.frozen_works import FrozenWorks, name_of

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


def copyright_of(works: FrozenWorks, head: str = _HEAD) -> str:
    """Give the text for one package; runs in the root that packages are built in."""
    parts = [head]
    for each in works.wheels:
        title = f"{name_of(each)} {each.version}\nLicense: {_terms(each)}\n"
        parts.append("\n".join([title, *_texts(each)]))
    for library in works.libraries:
        text = Path("/usr/share/doc", library.name, "copyright").read_text()
        parts.append(f"{library.name} (from Debian)\n\n{text}")
    return f"\n{'=' * 72}\n".join(part.rstrip("\n") + "\n" for part in parts)


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
