"""writeback-setupd: does as root what an ordinary user's wizard may ask for."""

import sys


def main() -> int:
    """Serve on the bus of this machine; gives the exit code."""
    if sys.platform != "win32":
        from wizard.elevation.dbus import setupd

        return setupd.main()
    sys.stderr.write("There is no system bus on Windows.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
