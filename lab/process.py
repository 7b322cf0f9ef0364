"""A process of the lab's that outlives the command that started it.

It is known by id and start time, so that no other process is ever signalled in its
place, also after a restart of the machine.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.chroot.errors import LabError

_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01
# Children are waited for here, or they would stay as zombies of a long test run.
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Process:
    """One process; `started` is field 22 of /proc/PID/stat, ticks since boot."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        return _started(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; one that is gone is an error, for a test must know."""
        if not self.alive:
            raise LabError(f"Process {self.pid} is not running.", "Start it first.")
        os.kill(self.pid, number)

    def stop(self) -> None:
        """End it: SIGTERM, and SIGKILL where that does not work in ten seconds."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(LabError, ProcessLookupError):
                self.signal(number)
                # One that was paused by a test sees SIGTERM only when it goes on.
                self.signal(signal.SIGCONT)
            if self.gone_within(_STOP_SECONDS):
                return
        raise LabError(f"Process {self.pid} does not end.", "Look at it with ps.")

    def gone_within(self, seconds: float) -> bool:
        """Wait until it has ended."""
        deadline = time.monotonic() + seconds
        while True:
            if not self.alive:
                child = _CHILDREN.pop(self.pid, None)
                if child is not None:
                    child.wait()  # a zombie until then
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)


def start(
    argv: list[str],
    log: Path,
    *,
    dies_with_us: bool,
    environment: Mapping[str, str] | None = None,
) -> Process:
    """Start a process in a session of its own, its output going to `log`."""
    # A killed test run must leave no controller behind; a person's lab stays.
    leash = ["setpriv", "--pdeathsig", "KILL"] if dies_with_us else []
    with log.open("ab") as output:
        child = subprocess.Popen(
            [*leash, *argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=environment,
        )
    _CHILDREN[child.pid] = child
    return Process(child.pid, _started(child.pid) or "")


def save(process: Process, path: Path) -> None:
    """Remember a process for the next command."""
    path.write_text(json.dumps(asdict(process)))


def load(path: Path) -> Process | None:
    """The process saved there, if it still runs."""
    try:
        process = Process(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return process if process.alive else None


def _started(pid: int) -> str | None:
    """The start time of a process that runs, also a stopped one; not of a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold blanks and brackets of its own (proc(5)).
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]
