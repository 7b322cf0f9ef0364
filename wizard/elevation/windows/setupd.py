"""What the helper does as an administrator: it serves one window, and ends with it."""

from collections.abc import Sequence

from agent.system.process import leave_no_core
from wire.failure import Failure
from wizard.controller.controller import Controller
from wizard.elevation.dispatch import ControllerFor
from wizard.elevation.windows.peers import check_server
from wizard.elevation.windows.pipe_end import PipeEnd
from wizard.elevation.windows.server import PipeService
from wizard.elevation.windows.start import NOT_ADMINISTRATOR, is_name
from wizard.elevation.windows.win32_pipes import ElevationWin32
from wizard.host.detect import this_machine
from wizard.host.windows.event_journal import log_in_events

USAGE, REFUSED = 2, 4


def serve(
    win32: ElevationWin32,
    arguments: Sequence[str],
    controller_for: ControllerFor,
) -> int:
    """Serve the window that made a pipe until it closes it; gives the exit code."""
    if len(arguments) != 1 or not is_name(arguments[0]):
        return USAGE
    if not win32.is_elevated():
        return NOT_ADMINISTRATOR
    try:
        pipe = win32.connect_pipe(arguments[0])
    except OSError:
        return REFUSED
    try:
        person = check_server(win32, pipe)
    except (Failure, OSError):
        person = None
    if person is None:
        win32.close_pipe(pipe)
        return REFUSED
    PipeService(PipeEnd(win32, pipe), person, controller_for).run()
    return 0


def main(win32: ElevationWin32, arguments: Sequence[str]) -> int:
    """Serve by this machine's controller."""
    leave_no_core()
    # there is no standard error, and who asked for what is on record as on Linux
    with log_in_events(win32):
        return serve(
            win32, arguments, lambda who, may: Controller(this_machine(who), may)
        )
