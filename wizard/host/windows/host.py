"""A Windows machine whose service control manager runs the agent."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from agent.config import enrolment
from agent.platform.windows import descriptors, image_path, restart
from agent.platform.windows.files import OURS, WindowsFiles
from agent.platform.windows.installation import service_values
from agent.platform.windows.service_host import version_change
from agent.platform.windows.service_sid import SERVICE, service_sid
from agent.platform.windows.win32_services import STOP, ServiceState
from agent.system.atomic_files import remove_torn
from agent.system.instance import machine_name
from agent.system.paths import Paths
from wire.text import Text
from wizard.host import interface
from wizard.host.audit_files import remaining_logs, remove_path
from wizard.host.living_agent import running_service
from wizard.host.lock import held, is_held
from wizard.host.service_status import not_ready, status_read_by
from wizard.host.windows import program_place
from wizard.host.windows.account_choice import AccountChoice
from wizard.host.windows.credentials import WindowsCredentials
from wizard.host.windows.event_journal import EventLog
from wizard.host.windows.held_start import HeldStart
from wizard.host.windows.last_words import LastWords
from wizard.host.windows.ownership import WindowsOwnership
from wizard.host.windows.service_entry import ServiceEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from agent.config.secret_store import Store
    from agent.platform.windows.win32_services import ServiceStatus, WizardWin32
    from wire.secret import Secret
    from wizard.errors import Busy
    from wizard.host.windows.service_account import ServiceAccount

# the host process takes 16 s at most, and Windows may take a while to let go
_STOP_S = 30.0
_POLL_S = 0.05
_STATUS_BYTES = 64 * 1024
_STOPPED = ServiceState.STOPPED


class WindowsHost:
    """The server that this process runs on, for a person where it is not their own.

    `program` is the interpreter of the service; `account` what an administrator chose,
    and `old_password` of an account that it has or had beside that.
    """

    sealing: interface.Sealing | None = None
    package: interface.Package | None = None

    def __init__(
        self,
        win32: WizardWin32,
        program: str,
        who: str = "",
        account: ServiceAccount | None = None,
        old_password: Callable[[], Secret | None] = lambda: None,
    ) -> None:
        self._win32, self._files, self._who = win32, WindowsFiles(win32), who
        self.places = Paths.of_windows(Path(win32.program_data()) / OURS)
        self.secrets: Store = WindowsCredentials(
            win32, self.places.secrets, is_copy=self._is_copy
        )
        self._entry = ServiceEntry(
            win32,
            image_path.without_window(program),
            HeldStart(self._files, self.places.home / "start-held"),
            AccountChoice(account, old_password, platform.node()),
        )
        self.unit: interface.UnitFiles | None = self._entry
        self.ownership: interface.Ownership | None = WindowsOwnership(
            win32, self.places
        )
        self.events: interface.Events | None = EventLog(win32, program)
        self._words = LastWords(win32, self._files, self.places.log)
        # beside the settings: it is there before any folder of their own
        self._lock_file = self.places.home / "setup.lock"

    def read(self, path: Path) -> str | None:
        if service_values.is_value(path):
            return self._entry.read(path)
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, path: Path, text: str) -> None:
        if service_values.is_value(path):
            self._entry.write(path, text)
            return
        with interface.own_folders():
            self._files.make_folder(path.parent, 0o750)
        self._files.replace(path, text.encode(), mode=0o640)

    def remove(self, path: Path) -> None:
        if service_values.is_value(path):
            if self._entry.removes(path):
                self.stop_service()  # one that runs would go once it has ended
            self._entry.remove(path)
            return
        path.unlink(missing_ok=True)

    @property
    def machine(self) -> str:
        return machine_name()

    def unreadable(self, path: Path) -> Text:
        where = str(path.absolute())
        return program_place.unreadable(self._win32, where, self._entry.account)

    def service(self) -> interface.Service:
        status = self._win32.service_status(SERVICE)
        if status is None or status.state is _STOPPED or not status.pid:
            return interface.Service(running=False)
        return running_service(self._status, status.pid)

    def start_service(self) -> None:
        changed = descriptors.folder_changed_by(service_sid())
        with interface.own_folders():
            self._files.make_folder(self.places.home, 0o750)
            for folder in (self.places.state, self.places.log.parent):
                self._files.make_with(folder, changed)
        self._entry.release()
        self._words.begin()
        with self._refused():
            self._win32.start_service(SERVICE)

    def stop_service(self) -> None:
        """Stop it, and wait for its process: what that has open can't be removed.

        It does not start again before `start_service`, or before the lock is let go.
        """
        if self._win32.service_status(SERVICE) is None:
            return
        self._entry.hold()
        status = self._asked()
        with contextlib.ExitStack() as ending:
            process = None
            if status.pid:
                with contextlib.suppress(OSError):  # it is gone meanwhile
                    process = self._win32.open_process(status.pid)
                    ending.callback(self._win32.close_handle, process)
            self._end()
            if process is not None:
                self._wait_ended(process)

    def reload(self, seconds: float) -> None:
        before = self._status().get("pid")
        self._words.begin()
        with self._refused():
            self._win32.control_service(SERVICE, restart.PARAMCHANGE)
        deadline = time.monotonic() + seconds
        while self._status().get("pid") in (before, None):
            if time.monotonic() > deadline:
                raise _not_taken_over(self._words.of_this_run())
            time.sleep(_POLL_S)
        self.wait_ready(seconds)

    def wait_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (status := self._asked()).state is not ServiceState.RUNNING:
            if status.state is _STOPPED:
                raise interface.ended(self._words.of_this_run())
            if time.monotonic() > deadline:
                raise not_ready(self._status(), seconds)
            time.sleep(_POLL_S)

    def remains(self, *, audit: bool) -> Sequence[Path]:
        logs = remaining_logs(self.places.audit, audit=audit)
        return [path for path in (self.places.state, *logs) if path.exists()]

    def remove_remains(self, *, audit: bool) -> None:
        for path in self.remains(audit=audit):
            remove_path(path)

    def log(self, lines: int) -> Sequence[str]:
        return self._words.lines(lines)

    def forget(self) -> None:
        shutil.rmtree(self.places.journal, ignore_errors=True)
        for name in version_change.NOTES:
            (self.places.home / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is held, and goes when it is not
            self._lock_file.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # somebody's files are in it
            self.places.home.rmdir()

    def held_by(self) -> Busy | None:
        return is_held(self._lock_file)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        # all that is made later is below it
        with interface.own_folders():
            self._files.make_folder(self.places.home, 0o750)
        with held(self._lock_file, self._who):
            remove_torn(self.places.settings.parent, self.places.secrets)
            try:
                yield
            finally:
                self._entry.release()
        # where all is forgotten: while the lock was held, its file was still there
        with contextlib.suppress(OSError):
            self.places.home.rmdir()

    def _end(self) -> None:
        """Have it stop; one that takes no control at the moment is asked again."""
        deadline, asked = time.monotonic() + _STOP_S, False
        while (state := self._asked().state) is not _STOPPED:
            if not asked and state is not ServiceState.STOP_PENDING:
                with contextlib.suppress(BlockingIOError), self._refused():
                    self._win32.control_service(SERVICE, STOP)
                    asked = True
            if time.monotonic() > deadline:
                raise _does_not_end()
            time.sleep(_POLL_S)

    def _wait_ended(self, process: int) -> None:
        if self._win32.wait_first((process,), _STOP_S) is None:
            raise _does_not_end()

    def _asked(self) -> ServiceStatus:
        status = self._win32.service_status(SERVICE)
        if status is None:
            raise interface.ServiceFailed(Text("The service is not on this machine."))
        return status

    def _is_copy(self) -> bool:
        return enrolment.is_copied(self.places.enrolment, self.machine)

    def _status(self) -> Mapping[str, Any]:
        return status_read_by(partial(self._read_from_service, self.places.status))

    def _read_from_service(self, path: Path) -> bytes:
        """Read what the service wrote: a short regular file, no link and no pipe."""
        handle = self._files.open_to_read(path, follow=False)
        with os.fdopen(handle, "rb") as file:
            return file.read(_STATUS_BYTES)

    @contextlib.contextmanager
    def _refused(self) -> Iterator[None]:
        try:
            yield
        except BlockingIOError:
            raise
        except OSError as error:
            why = str(error.strerror or error).rstrip(".")
            raise interface.ServiceFailed(
                Text("Windows refused: {why}.", why=why)
            ) from error


def _not_taken_over(words: str) -> interface.ServiceFailed:
    why = Text("No new agent process is ready. {words}", words=words)
    return interface.ServiceFailed(
        why if words else Text("No new agent process is ready.")
    )


def _does_not_end() -> interface.ServiceFailed:
    why = Text(
        "{unit} does not end within {seconds} s.", unit=SERVICE, seconds=round(_STOP_S)
    )
    return interface.ServiceFailed(why)


def this_windows(
    who: str = "",
    account: ServiceAccount | None = None,
    old_password: Callable[[], Secret | None] = lambda: None,
) -> WindowsHost:
    """Give this machine; the service runs with the interpreter of this process."""
    if sys.platform == "win32":
        from agent.platform.windows.ports.pywin32_services import PyWin32Services

        win32 = PyWin32Services()
        return WindowsHost(win32, sys.executable, who, account, old_password)
    raise OSError("this is no Windows")
