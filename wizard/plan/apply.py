"""Plans are carried out, all or none, also after a crash.

A change is written to the journal before it is made, so that a new process can take it
back. Taking back restores only what still is as it was left: what somebody else changed
since is reported as stuck, with what to do by hand. From the first final change on a
plan only goes forward.
"""

import contextlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from wire.text import EMPTY, Text, verbatim
from wizard.errors import reason
from wizard.plan.change import (
    ApplyError,
    Change,
    Context,
    NothingDone,
    Progress,
    Report,
    RolledBack,
    State,
    Stuck,
)
from wizard.plan.journal import Journal
from wizard.plan.step import Step, Steps


@dataclass(frozen=True)
class Run:
    """What one plan is carried out or taken back with; each act is reported.

    It is written to the journal before it is done.
    """

    steps: Steps
    journal: Journal
    context: Context
    report: Report

    def step(self, change: Change) -> Step:
        """Give the step that makes a change."""
        return next(step for step in self.steps if step.name == change.step)


def apply(run: Run, changes: Sequence[Change], stop: threading.Event) -> None:
    """Make all changes, as they were reviewed, or none.

    The journal is new and open, and sealed on success. `stop` is looked at before each
    change. ApplyError: one failed, or it was stopped; those made were taken back.
    """
    for index, change in enumerate(changes):
        if stop.is_set() and not run.journal.forward:
            raise _given_up(run, None, Text("Stopped."))
        make(run, index, change, len(changes))
    run.journal.seal()


def go_on(run: Run) -> tuple[Change, ...]:
    """Finish what only goes forward; give what was left. ApplyError: it stays open."""
    rest, total = run.journal.rest(), len(run.journal.planned())
    for index, change in rest:
        make(run, index, change, total)
    run.journal.seal()
    return tuple(change for _, change in rest)


def make(run: Run, index: int, change: Change, total: int) -> None:
    """Make one change, written down before and after. ApplyError: it can't be."""
    tell = partial(_tell, run.report, Progress(index, total, change, "doing"))
    try:
        run.journal.intend(index, change)
        tell("doing")
        made = run.step(change).apply(change, run.context)
        run.journal.did(index, made)
    except Exception as error:
        if isinstance(error, NothingDone):
            with contextlib.suppress(OSError):  # as on a full disk: it is undone below
                run.journal.undid(index)
        why = reason(error)
        tell("failed", why)
        raise _given_up(run, change, why) from error
    tell("done", verbatim(made.get("told", "")))


def roll_back(run: Run) -> RolledBack:
    """Take back everything the journal tells of, newest first, past failures."""
    undone, stuck = [], []
    begun = run.journal.begun()
    # as many as were planned: some may be taken back already
    total = max((len(run.journal.planned()), *(each.index + 1 for each in begun)))
    for entry in reversed(begun):
        progress = Progress(entry.index, total, entry.change, "undoing")
        tell = partial(_tell, run.report, progress)
        tell("undoing")
        try:
            run.step(entry.change).undo(entry, run.context)
            run.journal.undid(entry.index)
        except Exception as error:  # noqa: BLE001 - the others are still taken back
            why = reason(error)
            stuck.append(Stuck(entry.change, why))
            tell("stuck", why)
        else:
            undone.append(entry.change)
            tell("undone")
    if not stuck:
        run.journal.close_undone()
    return RolledBack(tuple(undone), tuple(stuck))


def _given_up(run: Run, failed: Change | None, why: Text) -> ApplyError:
    if run.journal.forward:
        rest = tuple(change for _, change in run.journal.rest())
        return ApplyError(failed, why, (), (), rest)
    rolled = roll_back(run)
    return ApplyError(failed, why, rolled.undone, rolled.stuck)


def _tell(report: Report, before: Progress, state: State, detail: Text = EMPTY) -> None:
    """Report a change's next state. Who looks on can't change what is done."""
    with contextlib.suppress(Exception):  # such as a pipe that nobody reads
        report(replace(before, state=state, detail=detail))
