"""What elevation needs of Win32's named pipes and of who is at their ends: a thin port.

As in `win32`, what fails is an OSError as Python makes it of Windows' numbers. Handles
are numbers. A pipe carries bytes, both ways at once.
"""

from typing import Protocol

from agent.platform.windows.win32 import EventLogCalls, FileCalls, MachineCalls
from agent.platform.windows.win32_services import WaitCalls


class PipeCalls(Protocol):
    """One pipe's two ends; other processes' calls may take any time."""

    def create_pipe(self, name: str, sddl: str) -> int:
        """Make a pipe with one end for one client of this machine.

        FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_REJECT_REMOTE_CLIENTS. PermissionError or
        OSError 231 where somebody has the name.
        """
        ...

    def accept_pipe(self, pipe: int, process: int, seconds: float) -> bool:
        """Wait for a client; False where none came before a process ended, or in time.

        Who came before is a client, too.
        """
        ...

    def connect_pipe(self, name: str) -> int:
        """Be the client of a pipe, whose server may know who it is and not act as it.

        SECURITY_SQOS_PRESENT, SECURITY_IDENTIFICATION. FileNotFoundError.
        """
        ...

    def pipe_client(self, pipe: int) -> int:
        """Give the id of the client's process (GetNamedPipeClientProcessId)."""
        ...

    def pipe_server(self, pipe: int) -> int:
        """Give the id of the process that made it (GetNamedPipeServerProcessId)."""
        ...

    def read_pipe(self, pipe: int, size: int, seconds: float | None) -> bytes:
        """Wait for some bytes; none where the other end or this one is closed.

        TimeoutError where none came in time.
        """
        ...

    def write_pipe(self, pipe: int, data: bytes, seconds: float) -> None:
        """Write all of it; TimeoutError, BrokenPipeError.

        Then it is not known how much of it was written.
        """
        ...

    def close_pipe(self, pipe: int) -> None:
        """Close this end, and have whoever reads or writes it return; once or again."""
        ...


class PeerCalls(Protocol):
    """Other processes: a program as administrator, and who is at a pipe's other end."""

    def run_as_administrator(
        self, program: str, arguments: str, folder: str
    ) -> int | None:
        """Start a program, once a person allowed it (ShellExecuteEx with `runas`).

        Gives the handle of its process; None where they did not (1223).
        """
        ...

    def open_peer(self, pid: int) -> int:
        """Open a process to ask who it is, and to wait for it."""
        ...

    def process_id(self, process: int) -> int:
        """Give the id of a process."""
        ...

    def exit_code(self, process: int) -> int:
        """Give what a process has ended with."""
        ...

    def image_of(self, process: int | None) -> str:
        """Give the file of a process's program, of this one's for None."""
        ...

    def session_of(self, pid: int) -> int:
        """Give the session that a process is in."""
        ...

    def account_of(self, process: int) -> str:
        """Name the account of a process and its domain; its SID where it has none.

        Where its token can't be read, who is signed in to this session.
        """
        ...

    def windows_folder(self) -> str:
        """Give the folder of Windows itself, and not what a variable says."""
        ...


class ElevationWin32(
    FileCalls,
    MachineCalls,
    EventLogCalls,
    WaitCalls,
    PipeCalls,
    PeerCalls,
    Protocol,
):
    """What a window and its elevated helper are made with."""
