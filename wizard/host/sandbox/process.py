"""A process that outlives who started it, known by its id and its start time.

The start time tells a process from a later one of the same id, so that no other is
ever signalled in its place.
"""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True)
class DetachedProcess:
    """One process; `started` is field 22 of /proc/PID/stat, in ticks since boot."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether it runs, and is still the same."""
        return _started(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; one that has ended takes none."""
        if self.alive:
            os.kill(self.pid, number)

    def ended_within(self, seconds: float) -> bool:
        """Wait for its end."""
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True


def of(pid: int) -> DetachedProcess:
    """Take note of a process that runs now."""
    return DetachedProcess(pid, _started(pid) or "")


def load(path: Path) -> DetachedProcess | None:
    """Give the process noted in a file, if it still runs."""
    try:
        noted = DetachedProcess(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return noted if noted.alive else None


def dump(process: DetachedProcess) -> str:
    """Spell it for `load`."""
    return json.dumps(asdict(process))


def _started(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # the name in brackets may hold blanks and brackets of its own (proc(5))
    fields = text.rpartition(")")[2].split()
    # a zombie has ended; it is only not waited for
    return None if fields[0] in "ZX" else fields[19]
