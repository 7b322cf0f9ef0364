"""writeback-setupd: does as root what an ordinary user's wizard may ask for.

On Windows the wizard starts it as an administrator, with the name of a pipe.
"""

import sys

from wizard.elevation.detect import serve


def main() -> int:
    """Serve on the bus of this machine, or over the pipe; gives the exit code."""
    return serve(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
