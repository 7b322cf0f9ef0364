"""Writes the lock anew: what the packages are built from, each by its hash.

To be run when constraints.txt or what the product needs has changed; whoever reviews
the change sees which files are new.
"""

import sys
import tempfile
from pathlib import Path

from packaging.utils import parse_wheel_filename

from installer import build_root
from installer.build import checksum
from installer.errors import BuildError
from installer.paths import CONSTRAINTS, LOCK

_HEAD = """\
# What the packages are built from: each wheel by its hash (pip --require-hashes).
# Written by `python -m installer.lock` from constraints.txt; never by hand.
"""


def text_of(wheels: Path) -> str:
    """Spell the lock of a folder of wheels."""
    return _HEAD + lines_of(wheels)


def lines_of(wheels: Path) -> str:
    """Spell a line for each wheel in a folder, sorted."""
    lines = []
    for path in wheels.iterdir():
        name, version, _, _ = parse_wheel_filename(path.name)
        lines.append(f"{name}=={version} --hash=sha256:{checksum(path)}\n")
    return "".join(sorted(lines))


def main() -> int:
    """Fetch what is pinned, and write what came."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder)
        pinned = ("--constraint", str(CONSTRAINTS), *build_root.wanted())
        try:
            build_root.download(wheels, *pinned)
        except BuildError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        LOCK.write_text(text_of(wheels))
    return 0


if __name__ == "__main__":
    sys.exit(main())
