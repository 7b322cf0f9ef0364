"""Kills the packaged program at a chosen moment of a change, from outside.

Nothing in the program knows of tests: its journal on the disk is watched, and the
process is killed when a line comes. "before" is the moment a change is written down,
"during" a part of the time it took before, "after" the moment that what came of it is
written down.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from lab.machines.machine import DAILY, differences
from lab.machines.server import SITE, Server
from lab.remains import directory_now
from wizard.plan import journal

JOURNALS = "/var/lib/writeback/journal"
MOMENTS = ("before", "during", "after")
_SECONDS = 180.0
# for trying again and again to be there in time
_HELD_S = 300.0
# what tells of the past, and what the system itself writes
PAST = (
    *("/var/lib/writeback", "/var/log", "/var/lib/systemd", "/etc/machine-id"),
    *("/run", "/var/tmp", "/var/lib/private", "/var/log/private", SITE),
    *DAILY,
)


@dataclass(frozen=True)
class Point:
    """A moment of one change: its place in the plan, its step, and when.

    The place tells changes of one step apart, such as the grants on two containers.
    """

    index: int
    step: str
    moment: str

    def __str__(self) -> str:
        return f"{self.moment} {self.index} {self.step}"


def points(plan: Sequence[str]) -> tuple[Point, ...]:
    """Give every point of a plan, which is told as the steps of its changes."""
    return tuple(
        Point(index, step, moment)
        for index, step in enumerate(plan)
        for moment in MOMENTS
    )


def parameters(plan: Sequence[str], quick: set[str]) -> list[object]:
    """Give the points of a plan to a test; all but the `quick` ones are slow."""
    all_points = points(plan)
    assert quick <= {str(point) for point in all_points}
    slow = pytest.mark.slow
    return [
        pytest.param(point, id=str(point), marks=() if str(point) in quick else slow)
        for point in all_points
    ]


def planned(here: Server, settings: str, verb: str = "plan") -> tuple[str, ...]:
    """Ask the program on a server for its plan; give the steps of its changes."""
    here.machine.put("/root/planned.yaml", settings.encode())
    stdin = {**here.admin, "enrolment_code": here.relay.code()}
    plan_json = here.done(verb, "--settings", "/root/planned.yaml", "--json", **stdin)
    here.machine.output("rm", "/root/planned.yaml")
    return tuple(change["step"] for change in json.loads(plan_json)["changes"])


@dataclass
class Run:
    """A command of the program that is under way on a server."""

    here: Server
    process: subprocess.Popen[bytes]
    known: frozenset[Path]

    @classmethod
    @contextmanager
    def of(cls, here: Server, argv: Sequence[str], **secrets: str) -> Iterator["Run"]:
        """Start one, with an administrator and a code; wait for its end."""
        known = frozenset(journals(here))
        stdin = {**here.admin, "enrolment_code": here.relay.code(), **secrets}
        command = here.machine.entering("writeback", *argv, "--secrets-fd", "0")
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None
            process.stdin.write(json.dumps(stdin).encode())
            process.stdin.close()
            yield cls(here, process, known)

    def comes_to(self, point: Point) -> bool:
        """Wait for a line of the journal; False when the run ends without it."""
        deadline, ended = time.monotonic() + _SECONDS, False
        while not any(_tells(path, point) for path in self._journals()):
            if ended:
                return False
            # what it wrote last is looked for once more
            ended = self.process.poll() is not None
            assert time.monotonic() < deadline, f"never came: {point}"
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program, and not to what entered the server for it."""
        for child in self._children():
            with suppress(ProcessLookupError):
                os.kill(child, number)

    def is_held_at(self, point: Point) -> bool:
        """Stop it at a point; False where it went on before this could, and goes on."""
        if not self.comes_to(point):
            return False
        self.signal(signal.SIGSTOP)
        while not all(map(_is_stopped, self._children())):
            time.sleep(0.001)
        if any(_ends_with(path, point) for path in self._journals()):
            return True
        self.signal(signal.SIGCONT)
        return False

    def ends(self) -> int:
        """Have it go on; give what it ended with."""
        self.signal(signal.SIGCONT)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(0.1)
            # nsenter(1) stops when its child does, be it after the child went on
            self.process.send_signal(signal.SIGCONT)

    def _children(self) -> list[int]:
        pid = self.process.pid
        with suppress(FileNotFoundError):  # it has ended
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
            return [int(child) for child in children.split()]
        return []

    def _journals(self) -> set[Path]:
        return set(journals(self.here)) - self.known


@contextmanager
def halted(
    here: Server, argv: Sequence[str], point: Point, again: Callable[[], object]
) -> Iterator[Run]:
    """Hold a command at a point of its plan, for the block or until SIGCONT.

    Args:
        here: where.
        argv: of `writeback`.
        point: when.
        again: has the command meet the same once more, where it went on before it
            could be held: nothing in it waits for this.

    """
    deadline, held = time.monotonic() + _HELD_S, False
    while not held:
        assert time.monotonic() < deadline, f"never in time: {point}"
        with Run.of(here, argv) as run:
            held = run.is_held_at(point)
            try:
                if held:
                    yield run
            finally:
                ended = run.ends()
            assert ended == 0
        if not held:
            again()


@dataclass
class Interruption:
    """A server whose package is installed, as it was before anything was set up."""

    here: Server
    files: Mapping[str, str]
    directory: Mapping[str, bytes | None]

    def cut_off(
        self,
        argv: Sequence[str],
        point: Point,
        seconds: float,
        **secrets: str,
    ) -> bool:
        """Run a command that is killed at a point of its plan.

        Args:
            argv: of `writeback`.
            point: when.
            seconds: how long after the change was begun "during" is.
            secrets: beside an administrator and an enrolment code.

        Returns:
            whether it was still running then: it may have ended in order, as nothing
            in it waits for this, and as the last changes take little time.

        """
        with Run.of(self.here, argv, **secrets) as run:
            if not run.comes_to(point):
                assert run.process.wait() == 0
                return False
            if point.moment == "during":
                time.sleep(seconds)  # the moment itself, not a wait for something
            run.signal(signal.SIGKILL)
            return run.process.wait() != 0

    def last_begun(self) -> int | None:
        """Give the place of the last change that was begun when it was killed."""
        open_plan = journal.find_open(self.here.machine.upper / JOURNALS[1:])
        return open_plan.begun()[-1].index if open_plan else None

    def is_as_before(self) -> None:
        """Nothing is there that was not, here and in the directory."""
        changed = differences(self.files, self.here.machine.files(), PAST)
        assert changed == {}, changed
        now = directory_now(self.here.lab)
        assert {dn for dn in now if now[dn] != self.directory.get(dn)} == set()
        assert set(self.directory) == set(now)

    def last_took(self) -> tuple[float, ...]:
        """Give the seconds of each change of the plan that was done last."""
        done = [path for path in journals(self.here) if ".sealed." in path.name]
        return durations(max(done))


def journals(here: Server) -> list[Path]:
    """List what the program has written down on a server."""
    with suppress(FileNotFoundError):  # a removal takes the folder too
        return list((here.machine.upper / JOURNALS[1:]).glob("*.jsonl"))
    return []


def _tells(path: Path, point: Point) -> bool:
    """Say whether a journal has the line of a point; one of another step is wrong."""
    what = "did" if point.moment == "after" else "intend"
    with suppress(OSError, ValueError):  # renamed, or half a line
        for line in map(json.loads, path.read_text().splitlines()):
            if line.get("index") != point.index:
                continue
            if line["what"] == "intend":
                assert line["change"]["step"] == point.step, line["change"]["summary"]
            if line["what"] == what:
                return True
    return False


def _ends_with(path: Path, point: Point) -> bool:
    """Say whether the line of a point is the last of an open journal."""
    if ".open." not in path.name or not _tells(path, point):
        return False
    with suppress(OSError, ValueError):  # renamed, or half a line
        last = json.loads(path.read_text().splitlines()[-1])
        wanted = "did" if point.moment == "after" else "intend"
        return (last["what"], last.get("index")) == (wanted, point.index)
    return False


def _is_stopped(pid: int) -> bool:
    """Say whether a process is stopped, or has ended (proc(5))."""
    with suppress(OSError):
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] in "TZX"
    return True


def durations(path: Path) -> tuple[float, ...]:
    """Give the seconds that each change took, in the plan's order, from a journal."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return tuple(
        (
            datetime.fromisoformat(done["at"]) - datetime.fromisoformat(begun["at"])
        ).total_seconds()
        for begun, done in pairwise(lines)
        if begun["what"] == "intend"
    )
