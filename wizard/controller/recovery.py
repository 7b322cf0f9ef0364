"""A run that was cut off: what it leaves to be done, and the doing of it."""

from contextlib import suppress
from dataclasses import replace

from agent.ldap.errors import DirectoryError
from wire.text import Text
from wizard.controller.changes import forget_previous
from wizard.controller.guards import find_cut_off
from wizard.directory.sign_in import prove_admin
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.abandon import Abandoned, Left, abandon
from wizard.plan.apply import Run, go_on, roll_back
from wizard.plan.change import Change, Context, Report, RolledBack, directory_of
from wizard.plan.journal import Journal, JournalDamaged
from wizard.results import Recovery
from wizard.steps.order import STEPS
from wizard.steps.service import resume


class RunRecovery:
    """Finds a run that was cut off, and takes it back or finishes it."""

    def __init__(self, context: Context) -> None:
        self._context, self._host = context, context.host

    def find(self) -> Recovery | None:
        """Find a run that was cut off; Busy where it is under way."""
        cut_off = find_cut_off(self._host)
        if cut_off is None:
            return None
        try:
            return recovery_of(cut_off)
        except FileNotFoundError:  # somebody took it back, or finished it, meanwhile
            return self.find()

    def recover(self, inputs: Inputs, report: Report) -> RolledBack:
        """Roll back a run that was cut off; nothing happens when there is none.

        One that has done what can't be given back is finished instead. ApplyError: it
        could not be; what is left is still known. Nothing was begun with Busy, or with
        StepFailed where the administrator is not let in.
        """
        with self._host.lock():
            cut_off = journal.find_open(self._host.places.journal)
            if cut_off is None:
                return RolledBack((), ())
            context = self._context.with_inputs(inputs, cut_off.id)
            run = Run(STEPS, cut_off, context, report)
            prove_for(cut_off, context)
            if cut_off.forward:
                return self._finish(run)
            rolled = roll_back(run)
            return replace(rolled, down=resume(context, rolled.undone))

    def abandon(self, inputs: Inputs, report: Report) -> Abandoned:
        """Settle what can be of a run that was cut off, and give up the rest.

        Nothing is cut off any more after it, and what is left is told with its place.
        A journal that can't be read is put aside. StepFailed: the administrator is not
        let in, and nothing was begun.
        """
        with self._host.lock():
            cut_off = journal.find_open(self._host.places.journal)
            if cut_off is None:
                return Abandoned()
            context = self._context.with_inputs(inputs, cut_off.id)
            try:
                prove_for(cut_off, context)
            except JournalDamaged as error:
                cut_off.put_aside()
                return Abandoned(left=(Left(_unread(cut_off), error.what),))
            removal = cut_off.forward and cut_off.removal
            abandoned = abandon(Run(STEPS, cut_off, context, report))
            forget_previous(self._host)
            if removal:
                self._host.forget()
                return abandoned
            return replace(abandoned, down=resume(context, abandoned.undone))

    def _finish(self, run: Run) -> RolledBack:
        finished = go_on(run)
        forget_previous(self._host)
        if run.journal.removal:
            self._host.forget()
        return RolledBack((), (), finished)


def _unread(damaged: Journal) -> Text:
    path = str(damaged.path)
    return Text("What {path} describes, as far as it can be read.", path=path)


def to_recover(cut_off: Journal) -> list[Change]:
    """Give what a recovery takes back, or finishes where it can only go forward."""
    if cut_off.forward:
        return [change for _, change in cut_off.rest()]
    return [entry.change for entry in cut_off.begun()]


def prove_for(cut_off: Journal, context: Context) -> None:
    """Refuse a wrong password once: each change would try it, until it is locked out.

    Without an administrator, or a controller that answers, what needs none is taken
    back all the same, and the rest is told as stuck. StepFailed: not let in.
    """
    needing = [change for change in to_recover(cut_off) if change.needs_admin]
    if needing and context.inputs.admin is not None:
        with suppress(DirectoryError):
            prove_admin(directory_of(needing[0].after or needing[0].before), context)


def recovery_of(cut_off: Journal) -> Recovery:
    """Tell what a recovery of this journal does."""
    changes = to_recover(cut_off)
    return Recovery(
        started=cut_off.started,
        changes=tuple(change.summary for change in changes),
        needs_admin=any(change.needs_admin for change in changes),
        forward=cut_off.forward,
        removal=cut_off.removal,
    )
