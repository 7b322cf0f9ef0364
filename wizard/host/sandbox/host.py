"""A machine for trying: everything below one folder, the service a supervised process.

Nothing outside the folder is touched, so that the machine is as it was when the folder
is removed. On a server the same steps work on systemd, behind the same Protocol.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from agent.config.secret_store import Store, in_folder
from agent.platform.detect import this_platform
from agent.system.atomic_files import remove_torn, write_atomically
from agent.system.paths import Paths
from wire.text import EMPTY, Text
from wizard.errors import Busy
from wizard.host import interface
from wizard.host.agent_state import agent_state
from wizard.host.audit_files import remaining_logs, remove_path
from wizard.host.living_agent import running_service
from wizard.host.lock import held, is_held
from wizard.host.sandbox import process
from wizard.host.sandbox.process import DetachedProcess
from wizard.host.service_status import not_ready, status_read_by

# the agent drains for 10 s at most; then the supervisor ends it
_STOP_S = 20.0
_POLL_S = 0.05
_WORDS = 12  # lines: each problem with the settings has one
_START_S = 15.0
_LOG_BYTES = 512 * 1024
_DETACHED = ("setsid", "--fork", sys.executable, "-m", "wizard.host.sandbox.supervisor")
_PROGRAMS = Path(__file__).parents[3]


class SandboxHost:
    """A host below one folder.

    Its supervisor knows one process, nothing starts with the machine, nothing seals,
    and everything is the person's own.
    """

    reload: Callable[[float], None] | None = None
    unit: interface.UnitFiles | None = None
    sealing: interface.Sealing | None = None
    ownership: interface.Ownership | None = None
    package: interface.Package | None = None
    events: interface.Events | None = None

    def __init__(self, home: Path) -> None:
        self.places = Paths.below(home.absolute())
        self.secrets: Store = in_folder(self.places.secrets)
        self._pid_file = self.places.state / "supervisor.json"
        # locked by the supervisor from before it is there until it ends
        self._held_file = self.places.state / "supervisor.lock"
        self._lock_file = self.places.state / "wizard.lock"

    def read(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, path: Path, text: str) -> None:
        write_atomically(path, text)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    @property
    def machine(self) -> str:
        return ""

    def unreadable(self, path: Path) -> Text:
        if os.access(path, os.R_OK):
            return EMPTY
        if path.exists():
            return Text("{path} can't be read.", path=str(path))
        return Text("{path} is not there.", path=str(path))

    def service(self) -> interface.Service:
        supervisor = process.load(self._pid_file)
        if supervisor is None:
            return interface.Service(running=False)
        read = partial(status_read_by, self.places.status.read_bytes)
        return running_service(read, supervisor.pid)

    def start_service(self) -> None:
        for folder in (self.places.state, self.places.log.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._held_file.open("a") as file:
            if not _taken(file):
                self.places.status.unlink(missing_ok=True)
                self._start(file.fileno())
        if self._supervisor() is None:
            raise interface.ended(self._last_words())

    def stop_service(self) -> None:
        supervisor = self._supervisor()
        if supervisor is not None:
            supervisor.signal(signal.SIGTERM)
            if not supervisor.ended_within(_STOP_S):
                why = Text(
                    "The agent (process {pid}) does not end.", pid=str(supervisor.pid)
                )
                raise interface.ServiceFailed(why)
        for left in (self._pid_file, self._held_file, self.places.status):
            left.unlink(missing_ok=True)

    def wait_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not (service := self.service()).ready:
            if not service.running:
                raise interface.ended(self._last_words())
            if time.monotonic() > deadline:
                raise not_ready(service.status, seconds)
            time.sleep(_POLL_S)

    def remains(self, *, audit: bool) -> Sequence[Path]:
        places = self.places
        rest = (places.audit_head, *remaining_logs(places.audit, audit=audit))
        return [*agent_state(places), *(path for path in rest if path.exists())]

    def remove_remains(self, *, audit: bool) -> None:
        for path in self.remains(audit=audit):
            remove_path(path)

    def log(self, lines: int) -> Sequence[str]:
        try:
            with self.places.log.open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - _LOG_BYTES))
                text = file.read(_LOG_BYTES).decode("utf-8", "replace")
        except OSError:
            return ()
        return text.splitlines()[-lines:]

    def forget(self) -> None:
        shutil.rmtree(self.places.journal, ignore_errors=True)
        self._lock_file.unlink(missing_ok=True)
        folders = (self.places.settings.parent, self.places.state, self.places.home)
        for folder in folders:
            with contextlib.suppress(OSError):  # somebody's files are in it
                folder.rmdir()

    def held_by(self) -> Busy | None:
        return is_held(self._lock_file)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        self.places.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        with held(self._lock_file):
            remove_torn(self.places.settings.parent, self.places.secrets)
            yield

    def _start(self, lock: int) -> None:
        if shutil.which(_DETACHED[0]) is None:
            raise interface.ServiceFailed(
                Text("Below a folder the agent can be started on Linux alone.")
            )
        with self.places.log.open("ab") as log:
            # a parent that ends at once: the supervisor is nobody's child to wait for
            subprocess.run(
                [*_DETACHED, str(self.places.home), str(self._pid_file)],
                cwd=_PROGRAMS,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock,),
                check=True,
            )

    def _supervisor(self) -> DetachedProcess | None:
        """Find the supervisor, also one that is started and has not noted itself."""
        deadline = time.monotonic() + _START_S
        while (supervisor := process.load(self._pid_file)) is None and self._held():
            if time.monotonic() > deadline:
                words = self._last_words()
                why = Text("No supervisor started. {words}", words=words)
                raise interface.ServiceFailed(why)
            time.sleep(_POLL_S)
        return supervisor

    def _held(self) -> bool:
        try:
            with self._held_file.open("a") as file:
                return _taken(file)
        except FileNotFoundError:
            return False

    def _last_words(self) -> str:
        lines = (self.read(self.places.log) or "").strip().splitlines()
        return " ".join(line.strip() for line in lines[-_WORDS:])


def _taken(file: IO[str]) -> bool:
    """Lock a file; say whether another has it locked."""
    return not this_platform().locks.lock(file.fileno(), wait=False)
