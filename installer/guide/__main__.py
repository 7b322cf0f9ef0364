"""Build the guide in each language into a folder, and say where its first pages are."""

import argparse
import sys
from pathlib import Path

from installer.errors import BuildError
from installer.guide.build import build, extract
from installer.paths import DIST


def main() -> int:
    """Build what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="./dev guide", description=__doc__)
    parser.add_argument(
        *("--out",),
        type=Path,
        default=DIST / "guide",
        help="folder (default: dist/guide)",
    )
    parser.add_argument(
        "--template",
        action="store_true",
        help="write the texts for translators instead, as guide.pot",
    )
    asked = parser.parse_args()
    out = asked.out.resolve()
    try:
        pages = [extract(out)] if asked.template else build(out)
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for page in pages:
        sys.stdout.write(f"{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
