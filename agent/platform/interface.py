"""What agent and wizard need of an operating system; `detect` chooses who gives it.

Files by name, open files by the number that `os` knows them by, locks, the machine,
this process, sockets, secrets for the service, its manager, its journal.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from agent.platform.desktop import Desktop
from wire.text import Text

if TYPE_CHECKING:
    import asyncio  # which the first window waits for else

Result = TypeVar("Result")
# how what is being written in a file's place ends: .NAME.*TORN
TORN = ".writeback-new"


class Level(Enum):
    """How much an entry of the system's journal matters (syslog(3))."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"
    INFO = "info"
    DEBUG = "debug"


@dataclass(frozen=True)
class Entry:
    """One entry of the system's journal; `event` is Microsoft's id, 0 without one."""

    message: str
    level: Level
    event: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Exposure:
    """Who else could have written an open file, or read it.

    `own` is of this process's user; `of_administrator` of whoever may do anything here.
    """

    regular: bool
    own: bool
    of_administrator: bool
    read_by_others: bool
    written_by_others: bool


class CredentialUnusable(Exception):
    """A secret of the service that can't be opened, or that others could open."""

    def __init__(self, what: Text) -> None:
        super().__init__(str(what))
        self.what = what


class FolderOfOthers(PermissionError):
    """A folder in the place of ours that others could have made, or could change."""


class Files(Protocol):
    """Files by name. OSError where something can't be done.

    `mode` is said as on POSIX: 0o600 is for this process's user alone. What is opened
    is not inherited by children.
    """

    def replace(
        self, path: Path, content: bytes, *, mode: int, group: int | None = None
    ) -> None:
        """Replace a file in one act, so that it is there after a power loss.

        `group` is the id of whom it is given to; the process's own without one.
        """
        ...

    def copy(self, path: Path, to: Path) -> None:
        """Replace a file by a copy of another, with the same readers."""
        ...

    def move(self, path: Path, to: Path) -> None:
        """Give a file another name, over one that has it; it may be open."""
        ...

    def open_to_read(self, path: Path, *, follow: bool) -> int:
        """Open without waiting; where not to `follow`, a link is an OSError."""
        ...

    def open_named(self, path: Path) -> int:
        """Open a regular file that somebody else names; nothing else is touched."""
        ...

    def open_to_write(self, path: Path, *, mode: int, append: bool = False) -> int:
        """Open to read and write without waiting, made where it is not there.

        A link is an OSError.
        """
        ...

    def create(self, path: Path, *, mode: int) -> int:
        """Make a file to write; FileExistsError where something has its name."""
        ...

    def exposure(self, handle: int) -> Exposure:
        """Say who else could have to do with an open file."""
        ...

    def make_folder(self, path: Path, mode: int = 0o777) -> None:
        """Make a folder and those above it, where they are not there.

        FolderOfOthers where others could have made what is there, as on Windows.
        """
        ...

    def sync_folder(self, path: Path) -> None:
        """Have the names in a folder survive a power loss."""
        ...

    def readers(self, path: Path) -> Text:
        """Say that others may open a file or folder of secrets; empty: they may not.

        FileNotFoundError where it is not there.
        """
        ...


class OpenFiles(Protocol):
    """Open files: at a place, onto the disk.

    What is done at a place may move the file's own position.
    """

    def read_at(self, handle: int, size: int, at: int) -> bytes:
        """Read from a place, fewer bytes at the end."""
        ...

    def write_at(self, handle: int, data: bytes, at: int) -> None:
        """Write over what is at a place."""
        ...

    def sync(self, handle: int) -> None:
        """Have its content on the disk."""
        ...

    def reserve(self, handle: int, size: int) -> None:
        """Have room for so many bytes; OSError where the disk has not."""
        ...


class Locks(Protocol):
    """Locks on open files, which end with the process that holds them."""

    def lock(self, handle: int, *, wait: bool) -> bool:
        """Lock a file; False where another has it and it is not to `wait`."""
        ...

    def unlock(self, handle: int) -> None:
        """Let others have it."""
        ...

    def lock_visibly(self, handle: int) -> bool:
        """Lock a file so that others can ask; False where another has it."""
        ...

    def is_locked(self, path: Path) -> bool:
        """Ask whether a file is locked visibly; OSError where it can't be opened."""
        ...


class Machine(Protocol):
    """The machine and who this process is on it."""

    def id(self) -> str:
        """Give 32 hexadecimal digits that a copy of the machine has too; "": none."""
        ...

    @property
    def is_administrator(self) -> bool:
        """Whether this process may do anything on the machine."""
        ...

    def administrator_needed(self, command: str) -> tuple[Text, Text]:
        """Say that a command of `writeback` needs one, and how it is run by one."""
        ...

    def data_folder(self) -> Path | None:
        """Give the folder that has all of programs' data; None: each kind has one.

        OSError where the system can't say.
        """
        ...

    def state_folder(self, environment: Mapping[str, str]) -> Path:
        """Give the folder where this person's programs keep their state."""
        ...


class Processes(Protocol):
    """What is true of the whole process."""

    def leave_no_core(self) -> None:
        """Have no memory of it on the disk when it ends by a fault."""
        ...

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run a program's main coroutine to its end."""
        ...


class Sockets(Protocol):
    """Sockets, whatever their number is."""

    def has_data(self, opened: Any) -> bool:
        """Whether something can be read now, its end among it."""
        ...


class Credentials(Protocol):
    """The secrets that this machine keeps for the service."""

    def read(self, name: str) -> bytes | None:
        """Give one, None where there is none; CredentialUnusable."""
        ...


class ServiceNotification(Protocol):
    """What the service manager is told; nothing where there is none.

    It takes a service for hung when it heard nothing for `watchdog_s`; None: never.
    """

    watchdog_s: float | None

    def ready(self) -> None:
        """Say that the relay is connected and a controller answered."""
        ...

    def status(self, text: str) -> None:
        """Say in one line what the service is doing."""
        ...

    def alive(self) -> None:
        """Say that it is not hung."""
        ...

    def stopping(self) -> None:
        """Say that the end has begun: no more requests are taken."""
        ...

    def succeeded_by(self, pid: int) -> None:
        """Say that another process of this service is the main one from now on."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class Handed(Protocol):
    """What two processes of a hand-over must not both write: the status."""

    def hold(self) -> None:
        """Write nothing for now."""

    def go_on(self) -> None:
        """Write again: nobody took over."""

    def leave(self) -> None:
        """Leave it to the successor."""


class Restart(Protocol):
    """Ends and hand-overs that are asked for from outside of this process."""

    @property
    def waited_for(self) -> bool:
        """Whether this process takes over from one that waits until it is ready."""
        ...

    def tell_ready(self) -> None:
        """Tell the process before, once, that this one can take over."""
        ...

    def listen(
        self,
        notification: ServiceNotification,
        status: Handed,
        stop: asyncio.Event,
        succeeded: asyncio.Event,
    ) -> None:
        """Set `stop` when the end is asked for; `succeeded` before, for a successor."""
        ...


class SystemJournal(Protocol):
    """The journal of this machine; `lost`: how many entries it did not take."""

    @property
    def lost(self) -> int: ...

    def send(self, entry: Entry) -> None:
        """Write one entry; a journal that does not take it is no reason to fail."""

    def close(self) -> None:
        """Let go of it."""


class Platform(Protocol):
    """One operating system; each part is made when it is first asked for."""

    @property
    def files(self) -> Files: ...
    @property
    def open_files(self) -> OpenFiles: ...
    @property
    def locks(self) -> Locks: ...
    @property
    def machine(self) -> Machine: ...
    @property
    def processes(self) -> Processes: ...
    @property
    def sockets(self) -> Sockets: ...
    @property
    def desktop(self) -> Desktop: ...

    def credentials(self) -> Credentials | None:
        """Give the secrets kept for this process; None where it is no service."""

    def notification(self) -> ServiceNotification:
        """Give the manager of this service."""

    def restart(self, ready_fd: int | None) -> Restart:
        """Give what ends this process; `ready_fd` is who started it waits on."""

    def journal(self) -> SystemJournal | None:
        """Give the journal where what this process says belongs there, else None."""
