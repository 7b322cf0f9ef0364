"""A run is given up: what can be settled is, and what stays is told with its place.

For where the cause can't be mended: a relay that is gone, a domain that nobody reaches.
"""

from dataclasses import dataclass

from wire.text import EMPTY, Text
from wizard.plan.apply import Run, make, roll_back
from wizard.plan.change import ApplyError, Begun, Change


@dataclass(frozen=True)
class Left:
    """What stays and where, and why it could not be taken back or finished."""

    what: Text
    why: Text


@dataclass(frozen=True)
class Abandoned:
    """What giving a run up came to; `down` is as of `RolledBack`."""

    undone: tuple[Change, ...] = ()
    finished: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()
    down: Text = EMPTY


def abandon(run: Run) -> Abandoned:
    """Take back what can be, or finish what only goes forward; close the journal."""
    return _finish(run) if run.journal.forward else _take_back(run)


def _take_back(run: Run) -> Abandoned:
    rolled = roll_back(run)
    if not rolled.stuck:
        return Abandoned(rolled.undone)
    stuck = zip(reversed(run.journal.begun()), rolled.stuck, strict=True)
    left = tuple(_left(run, entry, each.reason) for entry, each in stuck)
    run.journal.abandon()
    return Abandoned(rolled.undone, left=left)


def _finish(run: Run) -> Abandoned:
    """Go on past failures; what failed is not known to be done, and no history."""
    finished, left = [], []
    total = len(run.journal.planned())
    for index, change in run.journal.rest():
        try:
            make(run, index, change, total)
        except ApplyError as error:
            left.append(_left(run, Begun(index, change, None), error.reason))
        else:
            finished.append(change)
    for entry in run.journal.begun():
        if entry.made is None:
            run.journal.undid(entry.index)
    run.journal.seal()
    return Abandoned((), tuple(finished), tuple(left))


def _left(run: Run, entry: Begun, why: Text) -> Left:
    return Left(run.step(entry.change).left(entry, run.context), why)
