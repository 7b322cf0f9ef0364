"""What service and wizard need of Win32's services and processes: a thin port.

As in `win32`, what fails is an OSError as Python makes it of Windows' numbers. Handles
are numbers, and closed by whoever has them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from agent.platform.windows.win32 import (
    EventCalls,
    EventLogCalls,
    EventLogReading,
    FileCalls,
    MachineCalls,
    Win32,
)

STOP, INTERROGATE, PRESHUTDOWN = 1, 4, 15  # SERVICE_CONTROL_*
# what a service takes (SERVICE_ACCEPT_*); its own controls come whatever it takes
ACCEPT_STOP, ACCEPT_PARAMCHANGE, ACCEPT_PRESHUTDOWN = 0x1, 0x8, 0x100
# ERROR_SERVICE_SPECIFIC_ERROR: the other number is the service's own
SPECIFIC = 1066


class ServiceState(IntEnum):
    """Where a service is at (SERVICE_STATUS, dwCurrentState)."""

    STOPPED = 1
    START_PENDING = 2
    STOP_PENDING = 3
    RUNNING = 4
    CONTINUE_PENDING = 5
    PAUSE_PENDING = 6
    PAUSED = 7


@dataclass(frozen=True)
class ServiceReport:
    """What a service tells the service control manager of itself (SetServiceStatus).

    While it is pending, `checkpoint` grows, again within `wait_ms` at most.
    """

    state: ServiceState
    accepts: int = 0
    exit_code: int = 0
    specific: int = 0
    checkpoint: int = 0
    wait_ms: int = 0


@dataclass(frozen=True)
class ServiceStatus:
    """What the service control manager knows of a service; `pid` 0: it has none."""

    state: ServiceState
    pid: int = 0
    exit_code: int = 0
    specific: int = 0


@dataclass(frozen=True)
class ServiceConfig:
    """How a service is set up, all but the password of its account.

    `disabled`: nobody can start it, nor Windows after a failure.
    `image` is the command line as it is kept. `sid_type`: 0 none, 1 unrestricted, 3
    restricted. `actions` are what follows failures, each an SC_ACTION_TYPE and its
    delay in ms; they start anew after `reset_s` without one. `on_error`: they follow an
    end with an exit code, too.
    """

    image: str
    account: str
    display: str
    description: str
    automatic: bool
    delayed: bool
    sid_type: int
    privileges: tuple[str, ...]
    actions: tuple[tuple[int, int], ...]
    reset_s: int
    on_error: bool
    preshutdown_ms: int
    disabled: bool = False


class WaitCalls(Protocol):
    """What is waited for, by its handle."""

    def open_process(self, pid: int) -> int:
        """Open a process to wait for; FileNotFoundError or OSError 87: it is gone."""
        ...

    def wait_first(self, handles: Sequence[int], seconds: float) -> int | None:
        """Wait for one of them: the first in their order; None: none in time."""
        ...

    def close_handle(self, handle: int) -> None:
        """Let go of a handle."""
        ...


class ProcessCalls(WaitCalls, Protocol):
    """Processes, and the events that they are spoken to by."""

    def end_children_with_me(self) -> None:
        """Have no child outlive this process, not by a breakaway either.

        A job of this process itself (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE), which a
        child is in from its first instruction.
        """
        ...

    def leave_children(self) -> None:
        """Have those that are there live on after this process, which ends now."""
        ...

    def open_child(self, pid: int) -> int:
        """Open a process of the service's own as if this had started it; OSError."""
        ...

    def start_process(
        self, command: Sequence[str], environment: Mapping[str, str], log: str
    ) -> int:
        """Start a process without a window, whose words go to the end of a file.

        Gives its handle.
        """
        ...

    def process_id(self, process: int) -> int:
        """Give the id of a process."""
        ...

    def exit_code(self, process: int) -> int:
        """Give what a process has ended with."""
        ...

    def end_process(self, process: int) -> None:
        """End a process by force."""
        ...

    def create_event(self, name: str, sddl: str) -> int:
        """Make a named event, of manual reset, not set; FileExistsError."""
        ...

    def reset_event(self, event: int) -> None:
        """Have it not set any more."""
        ...


class Session(Protocol):
    """One run of a service, towards the service control manager.

    `wake` is an event that is set when a control came, and that a wait resets.
    """

    @property
    def wake(self) -> int: ...

    def controls(self) -> Sequence[int]:
        """Give the controls that came, each once, in their order."""
        ...

    def report(self, report: ServiceReport) -> None:
        """Tell how it is; after STOPPED nothing is told any more."""
        ...


class DispatcherCalls(Protocol):
    """What makes a process the process of a service."""

    def serve(self, service: str, main: Callable[[Session], None]) -> None:
        """Be that process (StartServiceCtrlDispatcher), and end with the service.

        OSError 1063 where the service control manager did not start it.
        """
        ...


class ImageCalls(Protocol):
    """What a service may know of itself."""

    def service_image(self, service: str) -> str:
        """Read its command line as it is now; FileNotFoundError: it is removed."""
        ...


class ServiceCalls(ImageCalls, Protocol):
    """Services of this machine; FileNotFoundError (1060) where there is none."""

    def service_config(self, service: str) -> ServiceConfig | None:
        """Read how a service is set up; None where there is none."""
        ...

    def create_service(
        self, service: str, config: ServiceConfig, password: str | None
    ) -> None:
        """Make a service; where a part can't be set it is not there afterwards."""
        ...

    def change_service(
        self, service: str, config: ServiceConfig, password: str | None
    ) -> None:
        """Set a service up otherwise; without a password its account keeps its own."""
        ...

    def change_image(self, service: str, image: str) -> None:
        """Give a service another command line, and leave all else as it is."""
        ...

    def is_disabled(self, service: str) -> bool:
        """Say whether nobody can start it."""
        ...

    def service_sddl(self, service: str) -> str:
        """Give owner and DACL of a service itself, see `sddl.numbered`."""
        ...

    def account_sid(self, account: str) -> str:
        """Give the SID of an account; OSError 1332 where nobody has that name."""
        ...

    def let_be_service(self, account: str) -> None:
        """Give an account the right to be a service (SeServiceLogonRight).

        Nothing where it has it. OSError 1332 where nobody has that name.
        """
        ...

    def may_be_service(self, account: str) -> bool:
        """Say whether an account itself has that right; OSError as `let_be_service`."""
        ...

    def no_longer_service(self, account: str) -> None:
        """Take that right away; nothing where it has it not."""
        ...

    def delete_service(self, service: str) -> None:
        """Remove a service; one that runs goes once it has ended."""
        ...

    def service_status(self, service: str) -> ServiceStatus | None:
        """Ask how a service is; None where there is none."""
        ...

    def start_service(self, service: str) -> None:
        """Start a service, which goes on by itself; nothing where it runs."""
        ...

    def control_service(self, service: str, control: int) -> None:
        """Send a control; nothing where it does not run.

        BlockingIOError where it takes none now (1061): it starts or ends just then.
        """
        ...


class HostWin32(
    FileCalls,
    MachineCalls,
    EventCalls,
    EventLogCalls,
    ProcessCalls,
    ImageCalls,
    Protocol,
):
    """What the host process of the service is made with."""


class CheckWin32(Win32, ServiceCalls, Protocol):
    """What an installation is read back with."""


class WizardWin32(Win32, WaitCalls, ServiceCalls, EventLogReading, Protocol):
    """What a wizard works with."""
