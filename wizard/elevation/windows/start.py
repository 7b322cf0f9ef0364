"""The helper, from the question of Windows to the pipe that it is asked over."""

import re
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PureWindowsPath

from agent.platform.windows import descriptors
from wire.text import Text
from wizard.elevation.detect import by_hand
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.windows.peers import check_client, helper_program
from wizard.elevation.windows.win32_pipes import ElevationWin32

_NAME = re.compile(r"\\\\\.\\pipe\\writeback-[0-9a-f]{32}")
_STARTING_S = 300.0  # once it was allowed: a busy machine reads all libraries anew
# what the helper has ended with where it serves nobody
NOT_ADMINISTRATOR = 3


@dataclass(frozen=True)
class Helper:
    """A helper that is connected and is who it should be, by its handles."""

    pipe: int
    process: int


def is_name(text: str) -> bool:
    """Say whether this names a pipe as one is made here: of this machine alone."""
    return _NAME.fullmatch(text) is not None


def start_helper(win32: ElevationWin32) -> Helper:
    """Have a person allow it, and start the helper.

    NotAllowed: they did not, or it is no administrator. NotReached: it can't be
    started, ended before it answered, or another came in its place.
    """
    program = helper_program(win32)
    # 128 bits: nobody can have it before
    name = rf"\\.\pipe\writeback-{secrets.token_hex(16)}"
    with ExitStack() as refused:
        try:
            pipe = win32.create_pipe(name, descriptors.pipe_of(win32.own_sid()))
            refused.callback(win32.close_pipe, pipe)
            process = _run(win32, program, name)
            refused.callback(win32.close_handle, process)
            if not win32.accept_pipe(pipe, process, _STARTING_S):
                raise _did_not_come(win32, process)
            check_client(win32, pipe, process, program)
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            raise NotReached(
                Text("Windows refused: {why}.", why=why), by_hand()
            ) from error
        refused.pop_all()
    return Helper(pipe, process)


def _run(win32: ElevationWin32, program: PureWindowsPath, name: str) -> int:
    process = win32.run_as_administrator(
        # no path, variable or folder of the person's is searched for what it imports
        str(program),
        f"-I -m wizard.elevation {name}",
        str(program.parent),
    )
    if process is None:
        raise NotAllowed(
            Text("Windows asked for an administrator, and nobody allowed it.")
        )
    return process


def _did_not_come(win32: ElevationWin32, process: int) -> NotAllowed | NotReached:
    ended = win32.wait_first((process,), 0) is not None
    if ended and win32.exit_code(process) == NOT_ADMINISTRATOR:
        return NotAllowed(Text("This needs an administrator of this machine."))
    what = Text("The set-up service ended before it answered.")
    if not ended:
        what = Text("The set-up service of this machine can't be reached.")
    return NotReached(what, by_hand())
