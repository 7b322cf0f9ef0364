"""What an MSI does to the service: it goes over to this version's program, or goes.

Versions lie side by side, and the service runs one of them. Before that one's files are
removed its command line names the new program, the host process leaves the agent that
serves, and the host of the new version takes it over: somebody serves at any time.
Where that does not succeed everything is put back, and the MSI is told to.

A service of this name that somebody else made is not touched.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PureWindowsPath
from typing import Protocol

from agent.platform.interface import Entry, FolderOfOthers, Level, SystemJournal
from agent.platform.windows.files import FilesWin32, WindowsFiles
from agent.platform.windows.image_path import program_of, spelled
from agent.platform.windows.program_place import others, places
from agent.platform.windows.restart import LEAVE, READY_S
from agent.platform.windows.service_host.driver import DRAIN_S, STOP_S
from agent.platform.windows.service_host.left_child import LeftChildNote
from agent.platform.windows.service_sid import SERVICE
from agent.platform.windows.win32_services import (
    STOP,
    ServiceCalls,
    ServiceState,
    WaitCalls,
)

# a host lets a hand-over that is under way come to its end
LEAVE_S = READY_S + DRAIN_S + 10.0
# Windows waits for 30 s for the process of a service
START_S = 40.0
OVER_S = READY_S + DRAIN_S + 10.0
STOPS_S = STOP_S + 14.0
_POLL_S = 0.1
_MOST = 8192
# beside the settings
RECORD, LEFT_BEHIND = NOTES = "version-change.json", "left-behind.txt"
_LEFT = """\
Writeback was removed from this machine. `writeback remove` was not run before, so that
there is still:

- in the directory: the account of the agent, and what it is permitted on containers;
- at the portal: the agent, as it was enrolled;
- in this folder: settings.yaml, which names all of that, the secrets, and the records.

To take it away, install Writeback again and run `writeback remove`.
"""


class VersionWin32(FilesWin32, WaitCalls, ServiceCalls, Protocol):
    """What it is done with."""


class NotOver(OSError):
    """The other version's host does not serve."""


@dataclass(frozen=True)
class Change:
    """What was done, for a roll-back: command lines, and whether the service ran."""

    before: str
    after: str
    ran: bool


class VersionChange:
    """The service of this machine, as the MSI of one version sees it.

    `program` is this version's interpreter, `folders` those that versions lie in;
    `home` is the folder of the installation's data, `state` the service's own below it.
    """

    def __init__(
        self,
        win32: VersionWin32,
        program: str,
        folders: Collection[str],
        journal: SystemJournal,
        *,
        home: Path,
        state: Path,
        is_there: Callable[[str], bool] = os.path.isfile,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._win32, self._program, self._home = win32, program, home
        self._folders = {_folded(each) for each in (_versions(program), *folders)}
        self._files, self._note = WindowsFiles(win32), LeftChildNote(win32, state)
        self._record, self._journal = home / RECORD, journal
        self._is_there, self._now, self._pause = is_there, now, pause

    def change(self) -> None:
        """Have the service run this version; NotOver, OSError, and all is as before."""
        self._forget()
        with contextlib.suppress(OSError):
            (self._home / LEFT_BEHIND).unlink(missing_ok=True)
        before, after = self._image(), spelled(self._program)
        if before is None or before == after:
            return
        self._refuse_changed_by_others()
        self._files.make_folder(self._home, 0o750)
        done = Change(before, after, self._state() is not ServiceState.STOPPED)
        content = json.dumps(asdict(done)).encode()
        self._files.replace(self._record, content, mode=0o600)
        try:
            self._go(after)
        except OSError as error:
            self._tell(f"the service does not go over to this version: {error}")
            self.change_back()
            raise
        self._tell(f"the service runs {self._program}", Level.INFO)

    def change_back(self) -> None:
        """Have it run what it ran before `change`, if that was done; OSError."""
        done = self._done()
        if done is None or not self._is_ours(done.before):
            return
        if not self._is_there(program_of(done.before)):
            return
        if self._image() == done.after:
            self._tell(f"the service goes back to {done.before}")
            self._go(done.before)
        if done.ran and self._state() is ServiceState.STOPPED:
            self._win32.start_service(SERVICE)
        self._forget()

    def remove(self) -> None:
        """Stop the service, delete it, and say what is left; OSError.

        One that runs another version has gone over to that: it is not this one's end.
        """
        image = self._image()
        if image is not None:
            if _folded(program_of(image)) != _folded(self._program):
                return
            self._stop()
            self._win32.delete_service(SERVICE)
            self._tell("the service was removed", Level.INFO)
        if (self._home / "settings.yaml").exists():
            self._tell(_LEFT, Level.WARNING)
            self._note_left()

    def _note_left(self) -> None:
        """Write what is left beside it, but nothing into a folder of others."""
        try:
            self._files.make_folder(self._home, 0o750)
        except FolderOfOthers:
            self._tell(f"{self._home} is of others: nothing is written there")
            return
        left = self._home / LEFT_BEHIND
        self._files.replace(left, _LEFT.encode(), mode=0o640)

    def _refuse_changed_by_others(self) -> None:
        """Raise NotOver where the service would run what others may put there."""
        for path, mask in places(self._program):
            try:
                who = others(self._win32.sddl_of(path), mask)
            except ValueError as error:
                raise NotOver(f"{path} can't be looked at: {error}") from error
            if who:
                raise NotOver(f"others may change {path}: {', '.join(sorted(who))}")

    def _go(self, image: str) -> None:
        """Run another program; who serves goes on until that one's agent does."""
        state = self._state()
        if state is ServiceState.RUNNING and self._win32.is_disabled(SERVICE):
            raise NotOver("it runs, and is disabled: it could not be started again")
        self._win32.change_image(SERVICE, image)
        if state is ServiceState.RUNNING:
            self._ask(LEAVE, LEAVE_S)
            self._win32.start_service(SERVICE)
            self._wait(lambda: self._state() is ServiceState.RUNNING, START_S)
            # it is removed once the agent that was left has ended
            self._wait(lambda: not self._note.path.exists(), OVER_S)
        elif state is ServiceState.STOP_PENDING:
            self._stop()
        elif state is not ServiceState.STOPPED:
            # nobody serves yet
            self._stop()
            self._win32.start_service(SERVICE)

    def _stop(self) -> None:
        if self._state() is not ServiceState.STOPPED:
            self._ask(STOP, STOPS_S)

    def _ask(self, control: int, seconds: float) -> None:
        """Send a control that ends the host's process, and wait until it has."""
        status = self._win32.service_status(SERVICE)
        with self._opened(status.pid if status else 0) as process:
            until = self._now() + seconds
            while True:
                try:
                    self._win32.control_service(SERVICE, control)
                    break
                except BlockingIOError:
                    # it ends just then, or takes none at the moment
                    if self._now() >= until or not self._serves_on():
                        break
                    self._pause(_POLL_S)
            while self._state() is not ServiceState.STOPPED:
                if self._now() >= until:
                    raise NotOver(f"it does not end within {seconds:.0f} s")
                self._pause(_POLL_S)
            if process and self._win32.wait_first((process,), seconds) is None:
                raise NotOver(f"its process does not end within {seconds:.0f} s")

    @contextlib.contextmanager
    def _opened(self, pid: int) -> Iterator[int]:
        process = 0
        with contextlib.suppress(OSError):  # it is gone meanwhile
            process = self._win32.open_process(pid) if pid else 0
        try:
            yield process
        finally:
            if process:
                self._win32.close_handle(process)

    def _wait(self, reached: Callable[[], bool], seconds: float) -> None:
        """Wait while the service goes on; NotOver where it ends, or in no time."""
        until = self._now() + seconds
        while not reached():
            if self._state() is ServiceState.STOPPED:
                raise NotOver("it has ended")
            if self._now() >= until:
                raise NotOver(f"it is not ready within {seconds:.0f} s")
            self._pause(_POLL_S)

    def _image(self) -> str | None:
        """Give its command line where it is ours; None where there is none of ours."""
        try:
            image = self._win32.service_image(SERVICE)
        except FileNotFoundError:
            return None
        if self._is_ours(image):
            return image
        self._tell(f"the service {SERVICE} is somebody else's: {image}", Level.WARNING)
        return None

    def _is_ours(self, image: str) -> bool:
        with contextlib.suppress(ValueError):
            return _folded(_versions(program_of(image))) in self._folders
        return False

    def _state(self) -> ServiceState:
        status = self._win32.service_status(SERVICE)
        return ServiceState.STOPPED if status is None else status.state

    def _serves_on(self) -> bool:
        return self._state() not in (ServiceState.STOPPED, ServiceState.STOP_PENDING)

    def _done(self) -> Change | None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            handle = self._files.open_to_read(self._record, follow=False)
            with os.fdopen(handle, "rb") as file:
                return Change(**json.loads(file.read(_MOST)))
        return None

    def _forget(self) -> None:
        with contextlib.suppress(OSError):
            self._record.unlink(missing_ok=True)

    def _tell(self, message: str, level: Level = Level.ERROR) -> None:
        self._journal.send(Entry(message, level, 0, {}))


def _versions(program: str) -> str:
    r"""Give the folder that versions lie in, of a `...\VERSION\python\python.exe`."""
    path = PureWindowsPath(program)
    if path.parent.name.casefold() != "python" or len(path.parents) < 4:
        raise ValueError(f"{program} is no program of a version")
    return str(path.parents[2])


def _folded(folder: str) -> str:
    return str(PureWindowsPath(folder)).casefold()
