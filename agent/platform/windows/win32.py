"""What the modules of this folder need of Win32, and no more: a thin port.

Paths are absolute. Descriptors are SDDL. What fails is an OSError as Python makes it of
Windows' numbers: FileNotFoundError (2, 3), FileExistsError (80, 183), PermissionError
(5, and 32 and 33: open or locked elsewhere).
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol


class Opening(Enum):
    """How a file is opened; all of them share it with whoever reads or removes it."""

    READ = "read"
    # both to read and write, and made where it is not there
    WRITE = "write"
    APPEND = "append"
    # FileExistsError where something has its name
    CREATE = "create"


class Severity(Enum):
    """The type of an entry in the event log (ReportEvent)."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 4


class FileCalls(Protocol):
    """Files (CreateFile, MoveFileEx, LockFileEx, ReadFile, WriteFile)."""

    def open_file(self, path: str, how: Opening, sddl: str | None = None) -> int:
        """Open a file itself, never what a reparse point leads to; give its number.

        `sddl` is what a file is made with; it inherits from its folder without.
        """
        ...

    def is_plain_file(self, handle: int) -> bool:
        """Say whether a file is on a disk, and neither a folder nor a reparse point."""
        ...

    def move_file(self, path: str, to: str) -> None:
        """Give a file another name over one that has it, on the disk when it returns.

        MOVEFILE_REPLACE_EXISTING and MOVEFILE_WRITE_THROUGH. PermissionError while
        somebody has the other open.
        """
        ...

    def lock_byte(self, handle: int, at: int, *, wait: bool) -> bool:
        """Lock one byte; False where another has it and it is not to wait."""
        ...

    def unlock_byte(self, handle: int, at: int) -> None:
        """Unlock it again."""
        ...

    def read_at(self, handle: int, size: int, at: int) -> bytes:
        """Read at a place, nothing from the end on."""
        ...

    def write_at(self, handle: int, data: bytes, at: int) -> None:
        """Write all of it at a place."""
        ...

    def make_folder(self, path: str, sddl: str) -> None:
        """Make a folder with this descriptor; FileExistsError."""
        ...

    def is_plain_folder(self, path: str) -> bool:
        """Say whether this is a folder, and no reparse point; FileNotFoundError."""
        ...

    def sddl_of(self, path: str) -> str:
        """Give owner and DACL of a file or folder, see `sddl.numbered`."""
        ...

    def protect(self, path: str, sddl: str, within: str | None = None) -> None:
        """Give a file or folder itself the owner and DACL of a descriptor.

        OSError 22 for a reparse point: what that leads to is not touched. Where it must
        lie `within` a folder, also for what a link in between leads to, and for a file
        that has another name too.
        """
        ...

    def sddl_of_open(self, handle: int) -> str:
        """Give owner and DACL of an open file, see `sddl.numbered`."""
        ...


class MachineCalls(Protocol):
    """The machine, and the account of this process."""

    def registry_text(self, key: str, name: str) -> str | None:
        """Read a text below HKEY_LOCAL_MACHINE, of its 64-bit view; None: not there."""
        ...

    def program_data(self) -> str:
        """Give the folder of all programs' data (FOLDERID_ProgramData)."""
        ...

    def own_sid(self) -> str:
        """Give the SID of this process's account."""
        ...

    def in_token(self, sid: str) -> bool:
        """Say whether this process is of an account or group (CheckTokenMembership)."""
        ...

    def is_elevated(self) -> bool:
        """Say whether the token is of an administrator, and not a limited one."""
        ...

    def leave_heap_out_of_reports(self) -> None:
        """Have no heap in the error reports of this process (WerSetFlags)."""
        ...


class SealingCalls(Protocol):
    """DPAPI in the machine's scope; OSError 13 for what was sealed otherwise."""

    def seal(self, content: bytes, entropy: bytes) -> bytes:
        """Seal (CryptProtectData, CRYPTPROTECT_LOCAL_MACHINE)."""
        ...

    def unseal(self, sealed: bytes, entropy: bytes) -> bytes:
        """Open what was sealed on this machine with the same entropy."""
        ...


class EventCalls(Protocol):
    """Named events: manual reset, told apart by a handle."""

    def open_event(self, name: str) -> int:
        """Open one that is there; FileNotFoundError."""
        ...

    def set_event(self, event: int) -> None:
        """Set it."""
        ...

    def wait_event(self, event: int, seconds: float) -> bool:
        """Wait until it is set; False where it is not in time."""
        ...

    def close_event(self, event: int) -> None:
        """Let go of it."""
        ...


class EventLogCalls(Protocol):
    """The event log Application."""

    def report_event(
        self, source: str, severity: Severity, event: int, texts: Sequence[str]
    ) -> None:
        """Write one entry; it may take a while."""
        ...


class EventLogReading(Protocol):
    """The log Application, for whoever may read it."""

    def event_source(self, source: str) -> Mapping[str, str | int] | None:
        """Read the registered values of a source, by name; None: it is not there.

        A path in them is as it is kept, with its variables.
        """
        ...

    def newest_events(self, query: str, most: int) -> Sequence[str]:
        """Give so many entries that an XPath finds, the newest first, as XML."""
        ...


class DesktopCalls(Protocol):
    """The desktop."""

    def set_app_user_model_id(self, name: str) -> None:
        """Name this process (SetCurrentProcessExplicitAppUserModelID)."""
        ...

    def system_colour(self, index: int) -> int:
        """Give a colour of the theme as 0x00bbggrr (GetSysColor)."""
        ...

    def message_box(self, title: str, text: str) -> None:
        """Show a message as an error, and wait until it is closed (MessageBox)."""
        ...


class Win32(
    FileCalls,
    MachineCalls,
    SealingCalls,
    EventCalls,
    EventLogCalls,
    DesktopCalls,
    Protocol,
):
    """All of it."""
