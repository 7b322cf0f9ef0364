"""Who is at the other end of the pipe: asked of Windows, and never of the peer.

It is the product's own program, in a folder that administrators alone can change. That
is which program it is, and not what whoever runs it made of it: their own programs
may do to it what they want, and so it is believed nothing that it says.
"""

import os
from pathlib import PureWindowsPath

from wire.text import Text
from wizard.elevation.detect import by_hand
from wizard.elevation.errors import NotReached
from wizard.elevation.windows.win32_pipes import ElevationWin32
from wizard.host.interface import ServiceFailed
from wizard.host.windows.program_place import refuse_changed_by_others

_WITHOUT_WINDOW, _WITH_CONSOLE = "pythonw.exe", "python.exe"


def helper_program(win32: ElevationWin32) -> PureWindowsPath:
    """Give the program that helps: beside this one, and without a window.

    NotReached where others may change it: then it is not to be an administrator's.
    """
    program = PureWindowsPath(win32.image_of(None)).with_name(_WITHOUT_WINDOW)
    try:
        refuse_changed_by_others(win32, str(program))
    except ServiceFailed as error:
        raise NotReached(error.what, by_hand()) from error
    return program


def check_client(
    win32: ElevationWin32, pipe: int, process: int, program: PureWindowsPath
) -> None:
    """Raise NotReached where the client is not the process that was started.

    Its handle is open, so that its number can be of no other.
    """
    same = win32.pipe_client(pipe) == win32.process_id(process)
    if not same or PureWindowsPath(win32.image_of(process)) != program:
        raise NotReached(
            Text("Another program answered in place of the set-up service.")
        )


def check_server(win32: ElevationWin32, pipe: int) -> str | None:
    """Give the account of who made the pipe; None where it is no window of ours.

    ServiceFailed where others may change the program.
    """
    pid = win32.pipe_server(pipe)
    process = win32.open_peer(pid)
    try:
        image = PureWindowsPath(win32.image_of(process))
        mine = PureWindowsPath(win32.image_of(None))
        ours = {mine.with_name(each) for each in (_WITHOUT_WINDOW, _WITH_CONSOLE)}
        if (
            image not in ours
            or win32.session_of(pid) != win32.session_of(os.getpid())
            # it was open meanwhile, so that the number is still the same process's
            or win32.pipe_server(pipe) != pid
        ):
            return None
        refuse_changed_by_others(win32, str(image))
        return win32.account_of(process)
    finally:
        win32.close_handle(process)
