"""Plan, apply, roll back: all or none, also after a crash.

A change is data, written to the journal before it is made, so that a new process can
take it back. Taking back restores only what still is as it was left: what somebody
else changed since is reported as stuck, with what to do by hand.
"""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from agent.settings import Settings
from wizard.checks import Check, Inputs
from wizard.host import Host
from wizard.reason import reason

if TYPE_CHECKING:
    from wizard.journal import Journal

Facts = Mapping[str, Any]
State = Literal["doing", "done", "failed", "undoing", "undone", "stuck"]


@dataclass(frozen=True)
class Change:
    """One thing that will be done. Holds no secret, only the names of secrets.

    Attributes:
        step: the name of the step that does it.
        summary: what, as a sentence in the present tense.
        before: what is there now; None when nothing is.
        after: what will be there; None when it is removed.
        needs_admin: making it or taking it back needs an administrator of the domain.
        final: what it takes away can't be given back, such as a key; from the first
            one on a plan only goes forward, after a crash too.

    """

    step: str
    summary: str
    before: Facts | None
    after: Facts | None
    needs_admin: bool = False
    final: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return asdict(self)

    @classmethod
    def of(cls, data: Facts) -> Self:
        """Read what `as_dict` gave."""
        return cls(**data)


@dataclass(frozen=True)
class Progress:
    """One change on its way.

    Attributes:
        index: which of the plan's changes, from 0.
        total: how many there are.
        change: the change itself.
        state: what is being done with it.
        detail: what came back, where something did.

    """

    index: int
    total: int
    change: Change
    state: State
    detail: str = ""


Report = Callable[[Progress], None]


class StepFailed(Exception):  # noqa: N818 - says what happened
    """A change could not be made, or not be taken back.

    Args:
        what: what happened, in words.
        remedy: what to do next, or by hand.

    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}".strip())
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class Stuck:
    """A change that could not be taken back, and what to do by hand."""

    change: Change
    reason: str


@dataclass(frozen=True)
class RolledBack:
    """What a roll-back came to.

    Attributes:
        undone: what was taken back.
        stuck: what could not be.
        finished: what was done instead, as the plan could only go forward.

    """

    undone: tuple[Change, ...]
    stuck: tuple[Stuck, ...]
    finished: tuple[Change, ...] = ()


class ApplyError(Exception):
    """Applying failed or was stopped; says what state the machine is in.

    Args:
        failed: the change that failed; None when it was stopped between two.
        reason: why, with the remedy.
        undone: what was taken back.
        stuck: what could not be.
        rest: what is still to be done, where the plan can only go forward; the
            journal stays open, and `go_on` finishes it.

    """

    def __init__(
        self,
        failed: Change | None,
        reason: str,
        undone: tuple[Change, ...],
        stuck: tuple[Stuck, ...],
        rest: tuple[Change, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.failed = failed
        self.reason = reason
        self.undone = undone
        self.stuck = stuck
        self.rest = rest


@dataclass(frozen=True)
class Context:
    """What steps work with; made anew for each plan.

    Attributes:
        host: this machine.
        inputs: what an administrator gave; nothing of it is stored as given.
        plan_id: the journal's id, which marks what is made.

    """

    host: Host
    inputs: Inputs
    plan_id: str = ""


class Step(Protocol):
    """One kind of thing that is changed."""

    @property
    def name(self) -> str:
        """The name a change refers to it by."""
        ...

    def plan(
        self, wanted: Settings, context: Context, earlier: Sequence[Change]
    ) -> Sequence[Change]:
        """Say what would have to change. Reads only; nothing when it is so already.

        Args:
            wanted: the settings to come.
            context: this machine.
            earlier: what the steps before this one will change.

        """
        ...

    def apply(self, change: Change, context: Context) -> Facts:
        """Make the change; give the facts its undo needs.

        Raises:
            StepFailed: it could not be made, or not as planned.

        """
        ...

    def undo(self, change: Change, made: Facts | None, context: Context) -> None:
        """Take the change back; nothing happens when it was never made.

        Args:
            change: what was planned.
            made: what `apply` gave; None when it was cut off.
            context: perhaps of another process.

        Raises:
            StepFailed: somebody else changed it since, or it can't be reached.

        """
        ...

    def verify(self, wanted: Settings, context: Context) -> Sequence[Check]:
        """Look whether it is as wanted."""
        ...

    def plan_removal(
        self, settings: Settings | None, context: Context
    ) -> Sequence[Change]:
        """Say what goes with the installation. Reads only; nothing that others made.

        A final change must do nothing where it was done before.

        Args:
            settings: those in force; None where they can't be read.
            context: this machine.

        """
        ...


Steps = Sequence[Step]


@dataclass(frozen=True)
class Run:
    """What one plan is carried out or taken back with.

    Attributes:
        steps: the steps its changes refer to.
        journal: where each act is written down before it is done.
        context: this machine and what the administrator gave.
        report: told of each change as it goes.

    """

    steps: Steps
    journal: "Journal"
    context: Context
    report: Report

    def step(self, change: Change) -> Step:
        """Give the step that makes a change."""
        return next(step for step in self.steps if step.name == change.step)


def plan(steps: Steps, wanted: Settings, context: Context) -> tuple[Change, ...]:
    """Say everything that would change, in the order it would be made."""
    changes: tuple[Change, ...] = ()
    for step in steps:
        changes += tuple(step.plan(wanted, context, changes))
    return changes


def plan_removal(
    steps: Steps, settings: Settings | None, context: Context
) -> tuple[Change, ...]:
    """Say everything that would be removed: first what could be given back."""
    changes = [
        change
        for step in reversed(steps)
        for change in step.plan_removal(settings, context)
    ]
    return tuple(sorted(changes, key=lambda change: change.final))


def apply(run: Run, changes: Sequence[Change], stop: threading.Event) -> None:
    """Make all changes or none.

    Args:
        run: with a journal that is new and open; sealed on success.
        changes: from `plan`, as they were reviewed.
        stop: looked at before each change.

    Raises:
        ApplyError: one failed, or it was stopped; those made were taken back.

    """
    for index, change in enumerate(changes):
        if stop.is_set() and not run.journal.forward:
            raise _given_up(run, None, "Stopped.")
        _make(run, index, change, len(changes))
    run.journal.seal()


def go_on(run: Run) -> tuple[Change, ...]:
    """Finish a plan that can only go forward; give what was still to be done.

    Raises:
        ApplyError: one failed again; the journal stays open.

    """
    rest, total = run.journal.rest(), len(run.journal.planned())
    for index, change in rest:
        _make(run, index, change, total)
    run.journal.seal()
    return tuple(change for _, change in rest)


def _make(run: Run, index: int, change: Change, total: int) -> None:
    """Make one change, written down before and after."""
    told = _Told(run.report, index, total, change)
    try:
        run.journal.intend(index, change)
        told("doing")
        made = run.step(change).apply(change, run.context)
        run.journal.did(index, made)
    except Exception as error:
        why = reason(error)
        told("failed", why)
        raise _given_up(run, change, why) from error
    told("done", str(made.get("told", "")))


def roll_back(run: Run) -> RolledBack:
    """Take back everything the journal tells of, newest first, past failures."""
    undone, stuck = [], []
    begun = run.journal.begun()
    for entry in reversed(begun):
        told = _Told(run.report, entry.index, len(begun), entry.change)
        told("undoing")
        try:
            run.step(entry.change).undo(entry.change, entry.made, run.context)
            run.journal.undid(entry.index)
        except Exception as error:  # noqa: BLE001 - the others are still taken back
            why = reason(error)
            stuck.append(Stuck(entry.change, why))
            told("stuck", why)
        else:
            undone.append(entry.change)
            told("undone")
    if not stuck:
        run.journal.close_undone()
    return RolledBack(tuple(undone), tuple(stuck))


def _given_up(run: Run, failed: Change | None, why: str) -> ApplyError:
    if run.journal.forward:
        rest = tuple(change for _, change in run.journal.rest())
        return ApplyError(failed, why, (), (), rest)
    rolled = roll_back(run)
    return ApplyError(failed, why, rolled.undone, rolled.stuck)


class _Told:
    """Reports one change's states. Who looks on can't change what is done."""

    def __init__(self, report: Report, index: int, total: int, change: Change) -> None:
        self._report, self._index, self._total = report, index, total
        self._change = change

    def __call__(self, state: State, detail: str = "") -> None:
        told = Progress(self._index, self._total, self._change, state, detail)
        with contextlib.suppress(Exception):  # such as a pipe that nobody reads
            self._report(told)
