"""A server with systemd, where the package writeback-agent is installed."""

import contextlib
import grp
import json
import os
import pwd
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from agent.config import enrolment
from agent.config.secret_store import Store
from agent.system.atomic_files import remove_torn, write_atomically
from agent.system.instance import machine_name
from agent.system.paths import Paths
from wire.text import EMPTY, Text
from wizard.errors import Busy
from wizard.host import interface
from wizard.host.audit_files import remaining_logs, remove_path
from wizard.host.living_agent import running_service
from wizard.host.lock import held, is_held
from wizard.host.service_status import not_ready, status_read_by
from wizard.host.systemd.credentials import SystemCredentials
from wizard.host.systemd.event_journal import EventJournal
from wizard.host.systemd.ownership import ServerOwnership
from wizard.host.systemd.package import InstalledPackage
from wizard.host.systemd.units import Unit, connected

UNIT = "writeback-agent.service"
USER = "writeback"
DROP_INS = Path("/etc/systemd/system") / f"{UNIT}.d"
_CREDENTIALS = DROP_INS / "10-credentials.conf"
_LOCK = Path("/run/writeback-setup.lock")
# the unit's TimeoutStopSec is 20
_STOP_S = 30.0
_POLL_S = 0.02
_LINES = 12
_STATUS_BYTES = 64 * 1024
# hidden from the service by ProtectHome and PrivateTmp
_HIDDEN = tuple(Path(each) for each in ("/home", "/root", "/run/user", "/tmp"))  # noqa: S108 - hidden from the service


class SystemdHost:
    """The server that this process runs on, for a person where it is not their own."""

    def __init__(self, who: str = "") -> None:
        self.places = Paths.of_system()
        credentials = SystemCredentials(self.places.secrets, is_copy=self._is_copy)
        self.secrets: Store = credentials
        self.sealing: interface.Sealing | None = credentials
        self.unit: interface.UnitFiles | None = DropIn(credentials)
        self.ownership: interface.Ownership | None = ServerOwnership(
            self.places, _CREDENTIALS
        )
        self.package: interface.Package | None = InstalledPackage("writeback-agent")
        self.events: interface.Events | None = EventJournal()
        self._who = who

    def read(self, path: Path) -> str | None:
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, path: Path, text: str) -> None:
        _make_folder(path.parent)
        if path.parent == self.places.settings.parent:
            write_atomically(path, text, group=grp.getgrnam(USER).gr_gid)
        else:
            write_atomically(path, text, mode=0o644)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        ours = (DROP_INS, self.places.settings.parent)
        if path.parent in ours and path.parent.is_dir():
            with contextlib.suppress(OSError):  # somebody's files are in it
                path.parent.rmdir()

    @property
    def machine(self) -> str:
        return machine_name()

    def unreadable(self, path: Path) -> Text:
        if any(path.is_relative_to(hidden) for hidden in _HIDDEN):
            return Text(
                "{path} is hidden from the service; put it below /etc/writeback.",
                path=str(path),
            )
        try:
            if not path.exists():
                return Text("{path} is not there.", path=str(path))
            user = pwd.getpwnam(USER)
            blocked = [part for part in (path, *path.parents) if not _may(part, user)]
        except (
            OSError
        ) as error:  # as of somebody's own file system, which root is not in
            why = str(error.strerror)
            return Text("{path} can't be looked at: {why}.", path=str(path), why=why)
        if not blocked:
            return EMPTY
        first = str(blocked[0])
        return Text(
            ("{path} can't be read by {user}, the agent's user name on this machine."),
            path=first,
            user=USER,
        )

    def service(self) -> interface.Service:
        with connected() as manager:
            unit = manager.unit(UNIT)
        if not unit.pid:
            return interface.Service(running=False)
        return running_service(self._status, unit.pid)

    def start_service(self) -> None:
        with connected() as manager:
            manager.start(UNIT)

    def stop_service(self) -> None:
        with connected() as manager:
            manager.stop(UNIT, _STOP_S)

    def reload(self, seconds: float) -> None:
        with connected() as manager:
            before = manager.unit(UNIT).pid
            manager.hand_over(UNIT)
            deadline = time.monotonic() + seconds
            while (unit := manager.unit(UNIT)).pid == before:
                if time.monotonic() > deadline:
                    raise _not_taken_over(self._last_words(unit))
                time.sleep(_POLL_S)
        self.wait_ready(seconds)

    def wait_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with connected() as manager:
            while not _is_ready(unit := manager.unit(UNIT)):
                if unit.ended:
                    raise interface.ended(self._last_words(unit))
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
        fields = "--output-fields=MESSAGE,PRIORITY,WRITEBACK_ID"
        command = ["journalctl", "--quiet", f"--unit={UNIT}", "--output=json", fields]
        command.append(f"--lines={lines}")
        return tuple(_log_lines(_output(command)))

    def forget(self) -> None:
        shutil.rmtree(self.places.journal, ignore_errors=True)
        with contextlib.suppress(OSError):  # somebody's files are in it
            self.places.journal.parent.rmdir()

    def held_by(self) -> Busy | None:
        return is_held(_LOCK)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        with held(_LOCK, self._who):
            # its own folder of state is below this one
            _make_folder(self.places.home)
            remove_torn(self.places.settings.parent, self.places.secrets, DROP_INS)
            yield

    def _is_copy(self) -> bool:
        return enrolment.is_copied(self.places.enrolment, self.machine)

    def _status(self) -> Mapping[str, Any]:
        return status_read_by(partial(_read_from_service, self.places.status))

    @staticmethod
    def _last_words(unit: Unit) -> str:
        """Give what this run said last, from the journal."""
        command = ["journalctl", "--quiet", "--output=cat", f"--lines={_LINES}"]
        command += [f"_SYSTEMD_INVOCATION_ID={unit.invocation}"]
        return " ".join(line.strip() for line in _output(command).splitlines())


@dataclass(frozen=True)
class DropIn:
    """What is beside the package's unit: the secrets that systemd hands over."""

    secrets: SystemCredentials

    def files(self, secrets: Sequence[str]) -> Mapping[Path, str]:
        options = "\n".join(map(self.secrets.option, secrets))
        head = "# Written by the Writeback wizard: the secrets of this service."
        return {_CREDENTIALS: f"{head}\n[Service]\n{options}\n"}

    @property
    def enabled(self) -> bool:
        with connected() as manager:
            return manager.is_enabled(UNIT)

    def enable(self, *, enabled: bool) -> None:
        with connected() as manager:
            manager.read_again()
            if manager.is_enabled(UNIT) != enabled:
                manager.enable(UNIT, enabled=enabled)

    @property
    def accounts(self) -> None:
        """The package makes the one account."""


def _output(command: Sequence[str]) -> str:
    """Have a program say something; what a service wrote need be no text."""
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")


def _log_lines(entries: str) -> Iterator[str]:
    """Take the journal's entries that are of no request (journalctl(1), json)."""
    for line in entries.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict) and "WRITEBACK_ID" not in entry:
            names = ("__REALTIME_TIMESTAMP", "PRIORITY", "MESSAGE")
            yield " ".join(str(entry.get(name, "")) for name in names)


def _not_taken_over(words: str) -> interface.ServiceFailed:
    why = Text("No new agent process is ready. {words}", words=words)
    return interface.ServiceFailed(
        why if words else Text("No new agent process is ready.")
    )


def _make_folder(folder: Path) -> None:
    """Make a folder that the service may go through, whatever the umask is."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _read_from_service(path: Path) -> bytes:
    """Read what the service's user wrote: a short regular file, no link and no pipe."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path} is no regular file")
        return file.read(_STATUS_BYTES)


def _is_ready(unit: Unit) -> bool:
    # with Type=notify, active means that it said so
    return unit.active == "active" and unit.pid != 0 and not unit.job


def _may(path: Path, user: pwd.struct_passwd) -> bool:
    """Say whether a user may read a file, or go through a folder (by mode alone)."""
    status = path.stat()
    wanted = os.X_OK if path.is_dir() else os.R_OK
    if status.st_uid == user.pw_uid:
        return bool(status.st_mode >> 6 & wanted)
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    shift = 3 if status.st_gid in groups else 0
    return bool(status.st_mode >> shift & wanted)
