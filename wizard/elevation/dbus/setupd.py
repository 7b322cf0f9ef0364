"""What writeback-setupd does as root: it serves on the bus until nothing is asked.

Started by the bus; ends by itself. A stop is waited for: what was begun is taken back.
"""

import logging
import signal
import sys
from types import FrameType

from jeepney import DBusErrorResponse

from wire.printable import log_to_stderr, printable
from wizard.controller.controller import Controller
from wizard.elevation.dbus.server import Service
from wizard.host.detect import this_machine

_FAILED = 1


def main() -> int:
    """Serve until nothing is asked; 0 then, and when it is told to stop."""
    log_to_stderr(logging.INFO, "%(message)s")
    signal.signal(signal.SIGTERM, _leave)
    try:
        Service(lambda who, may: Controller(this_machine(who), may)).run()
    except (DBusErrorResponse, OSError) as error:
        why = printable(str(error))
        sys.stderr.write(f"The system bus can't be used: {why}\n")
        return _FAILED
    return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
