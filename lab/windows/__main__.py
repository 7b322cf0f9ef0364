"""Runs a command in a session of Wine, and ends with what it ended with.

python -m lab.windows FOLDER COMMAND...     FOLDER is Z:\\w there, and /w
"""

import sys
from pathlib import Path

from lab.chroot.errors import LabError
from lab.chroot.progress import spoken
from lab.windows.session import session

_LIMIT_S = 1800.0


def main(arguments: list[str]) -> int:
    """Run it; 2 where the arguments or the lab are at fault."""
    if len(arguments) < 2 or not Path(arguments[0]).is_dir():
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        with session(Path(arguments[0]).resolve(), spoken()) as wine:
            done = wine.run(*arguments[1:], limit_s=_LIMIT_S)
    except LabError as error:
        sys.stderr.write(f"{error.what}\n{error.remedy}\n")
        return 2
    sys.stdout.write(done.output)
    sys.stderr.write(done.errors)
    return done.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
