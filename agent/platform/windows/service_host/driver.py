"""The host: what happens to its children and what is asked of it goes to `restart`.

It waits for all at once, in one thread, and does what comes of it, one act after
another. The service control manager hears of every step; the event log of those that
nobody asked for.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from agent.platform.interface import Entry, Level, SystemJournal
from agent.platform.windows import restart
from agent.platform.windows.restart import Act, Doing, Hosted, Phase, Step
from agent.platform.windows.service_host import children
from agent.platform.windows.service_host.children import Child, Starting
from agent.platform.windows.service_host.left_child import LeftChild, LeftChildNote
from agent.platform.windows.service_notification import (
    AWAITED,
    LEFT,
    READY,
    STOP,
    SUCCEEDED,
)
from agent.platform.windows.win32_services import (
    ACCEPT_PARAMCHANGE,
    ACCEPT_PRESHUTDOWN,
    ACCEPT_STOP,
    PRESHUTDOWN,
    SPECIFIC,
    HostWin32,
    ServiceReport,
    ServiceState,
    Session,
)
from agent.platform.windows.win32_services import STOP as STOP_CONTROL

# as the unit's TimeoutStartSec: a relay that is away is waited for
FIRST_READY_S = 180.0
# an agent drains for 10 s; the rest is for closing what it has open
STOP_S = 16.0
DRAIN_S = 30.0
CHECKPOINT_S = 2.0
# told to be patient for longer than until the next checkpoint
_HINT_MS = 10_000
_LONG_S = 60.0
# exit codes of its own, where a child gave none
NOT_READY, NOT_STARTED = 101, 102
_ENDING = frozenset({STOP_CONTROL, PRESHUTDOWN})
_STATES = {
    Phase.STARTING: ServiceState.START_PENDING,
    Phase.RUNNING: ServiceState.RUNNING,
    Phase.HANDING_OVER: ServiceState.RUNNING,
    Phase.STOPPING: ServiceState.STOP_PENDING,
    Phase.STOPPED: ServiceState.STOPPED,
}
_PENDING = frozenset({Phase.STARTING, Phase.STOPPING})
_ACCEPTED = {
    Phase.STARTING: ACCEPT_STOP | ACCEPT_PRESHUTDOWN,
    Phase.RUNNING: ACCEPT_STOP | ACCEPT_PRESHUTDOWN | ACCEPT_PARAMCHANGE,
    Phase.HANDING_OVER: ACCEPT_STOP | ACCEPT_PRESHUTDOWN | ACCEPT_PARAMCHANGE,
}


class ServiceHost:
    """One run of the service."""

    def __init__(
        self,
        win32: HostWin32,
        session: Session,
        starting: Starting,
        journal: SystemJournal,
        *,
        note: LeftChildNote,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._win32, self._session, self._starting = win32, session, starting
        self._journal, self._note, self._clock = journal, note, now
        self._hosted = Hosted()
        self._children: dict[int, Child] = {}
        self._checkpoint = 0
        self._stop_until: float | None = None
        # of what nobody asked for: what the event log and the manager are told
        self._why, self._code, self._words = "", 0, ""

    def run(self) -> None:
        """Host the agent until the service has stopped."""
        self._report()
        self._take(restart.begin(self._taken()))
        while self._hosted.phase is not Phase.STOPPED:
            self._wait()
            self._look_at_clock()

    def _taken(self) -> int:
        """Take over who was left to this host, if anybody; 0 without."""
        left = self._note.read()
        if left is not None:
            with contextlib.suppress(OSError):  # it is gone
                self._children[left.pid] = children.taken(self._win32, left)
                return left.pid
        self._note.remove()
        return 0

    def _leave(self, pid: int) -> None:
        """End without a child; where that can't be, everything is as before."""
        child = self._children[pid]
        try:
            self._note.write(LeftChild(pid, child.prefix))
            self._win32.set_event(child.events[LEFT])
            self._win32.leave_children()
        except OSError as error:
            self._reset(pid, LEFT)
            self._note.remove()
            self._tell(f"the agent can't be left to another host: {error}", 0)
            self._take(restart.not_left(self._hosted))
        else:
            self._take(restart.left(self._hosted))

    def _wait(self) -> None:
        """Wait for what happens next, and take it."""
        ends = {child.process: pid for pid, child in self._children.items()}
        readies = {
            child.events[READY]: pid
            for pid, child in self._children.items()
            if not child.told_ready
        }
        # an end before a word that it is ready: it serves no more
        handles = (*ends, self._session.wake, *readies)
        told = self._win32.wait_first(handles, self._seconds())
        if told is None:
            self._go_on_pending()
        elif told in ends:
            self._ended(ends[told])
        elif told in readies:
            self._ready(readies[told])
        else:
            for control in self._session.controls():
                self._controlled(control)

    def _controlled(self, control: int) -> None:
        if control in _ENDING:
            self._take(restart.stop(self._hosted))
        else:
            self._take(restart.controlled(self._hosted, control))

    def _ready(self, pid: int) -> None:
        self._children[pid].told_ready = True
        self._children[pid].ready_until = None
        self._take(restart.ready(self._hosted, pid))

    def _ended(self, pid: int) -> None:
        child = self._children.pop(pid)
        code = self._win32.exit_code(child.process)
        children.close(self._win32, child)
        if self._note.names(pid):
            self._note.remove()
        words = children.last_words(child, Path(self._starting.log))
        self._because(f"it ended with exit code {code}", code, words)
        self._take(restart.ended(self._hosted, pid))

    def _look_at_clock(self) -> None:
        now = self._clock()
        for pid, child in [*self._children.items()]:
            if child.ready_until is not None and now >= child.ready_until:
                child.ready_until = None
                self._because("it was not ready in time", NOT_READY)
                self._take(restart.too_late(self._hosted, pid))
            if child.end_until is not None and now >= child.end_until:
                child.end_until = None
                self._take(restart.drained_too_long(self._hosted, pid))
        if self._stop_until is not None and now >= self._stop_until:
            self._stop_until = None
            self._take(restart.out_of_time(self._hosted))

    def _seconds(self) -> float:
        """Give how long nothing may happen."""
        times = [
            until
            for child in self._children.values()
            for until in (child.ready_until, child.end_until)
        ]
        known = [each for each in (*times, self._stop_until) if each is not None]
        left = [max(each - self._clock(), 0.0) for each in known]
        pending = self._hosted.phase in _PENDING
        return min((*left, CHECKPOINT_S if pending else _LONG_S))

    def _take(self, step: Step) -> None:
        self._hosted, doings = step
        for doing in doings:
            self._do(doing)

    def _do(self, doing: Doing) -> None:
        match doing.act:
            case Act.START:
                self._start()
            case Act.REPORT:
                self._report()
            case Act.SUCCEED:
                self._drain(doing.child)
            case Act.LEAVE:
                self._leave(doing.child)
            case Act.KILL:
                with contextlib.suppress(OSError):  # it is gone by itself
                    self._win32.end_process(self._children[doing.child].process)
            case Act.TELL_FAILED:
                self._tell(f"no successor took over: {self._why}; going on", 0)
            case Act.TELL_ENDED:
                self._tell(f"the agent: {self._why}; waiting for another", self._code)
            case _:
                self._say(doing)

    def _say(self, doing: Doing) -> None:
        """Set and reset the events of a child."""
        match doing.act:
            case Act.STOP:
                self._set(doing.child, STOP)
            case Act.HOLD:
                self._set(doing.child, AWAITED)
            case Act.GO_ON:
                # where it was left, it is this host's now
                for each in (AWAITED, LEFT):
                    self._reset(doing.child, each)

    def _start(self) -> None:
        first = self._hosted.phase is Phase.STARTING
        try:
            pid, child = children.start(
                self._win32, self._starting, successor=not first
            )
        except (OSError, ValueError) as error:
            self._because(f"it could not be started: {error}", NOT_STARTED)
            self._take(restart.not_started(self._hosted))
            return
        within = FIRST_READY_S if first else restart.READY_S
        child.ready_until = self._clock() + within
        self._children[pid] = child
        self._take(restart.started(self._hosted, pid))

    def _drain(self, pid: int) -> None:
        """Have one answer what is under way, and end: another serves."""
        self._set(pid, SUCCEEDED)
        self._set(pid, STOP)
        self._children[pid].end_until = self._clock() + DRAIN_S

    def _set(self, pid: int, event: str) -> None:
        with contextlib.suppress(OSError):
            self._win32.set_event(self._children[pid].events[event])

    def _reset(self, pid: int, event: str) -> None:
        with contextlib.suppress(OSError):
            self._win32.reset_event(self._children[pid].events[event])

    def _report(self) -> None:
        phase = self._hosted.phase
        if phase is Phase.STOPPING:
            self._stop_until = self._clock() + STOP_S
        if phase in _PENDING:
            self._checkpoint = 1
            report = _pending(phase, self._checkpoint)
        elif self._hosted.failed:
            self._tell(f"the service ends: {self._why}", self._code)
            report = ServiceReport(_STATES[phase], 0, SPECIFIC, self._code or 1)
        else:
            report = ServiceReport(_STATES[phase], _ACCEPTED.get(phase, 0))
        self._session.report(report)

    def _go_on_pending(self) -> None:
        """Say that it still goes on, where the manager waits for it."""
        phase = self._hosted.phase
        if phase in _PENDING:
            self._checkpoint += 1
            self._session.report(_pending(phase, self._checkpoint))

    def _because(self, why: str, code: int, words: str = "") -> None:
        self._why, self._code, self._words = why, code, words

    def _tell(self, message: str, code: int) -> None:
        said = f"{message}\n{self._words}" if self._words else message
        self._journal.send(Entry(said, Level.ERROR, 0, {"EXIT_CODE": str(code)}))


def _pending(phase: Phase, checkpoint: int) -> ServiceReport:
    return ServiceReport(
        _STATES[phase], _ACCEPTED.get(phase, 0), 0, 0, checkpoint, _HINT_MS
    )
