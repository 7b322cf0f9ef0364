"""What would change on one machine, and the change itself: all of it or nothing."""

import contextlib
import threading

from agent.config.errors import SettingsError
from agent.config.settings import DirectorySettings, Settings
from wire.text import Text
from wizard.controller.boarding import boarding, sign_in_told, told
from wizard.controller.guards import refuse_others
from wizard.controller.preflight import refuse_unknown_names, refuse_unready
from wizard.directory.sign_in import NEEDS_ADMIN, prove_admin
from wizard.errors import RecoveryNeeded
from wizard.host.interface import Host
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.apply import Run, apply
from wizard.plan.change import (
    ApplyError,
    Context,
    Plan,
    Report,
    StepFailed,
    directory_of,
)
from wizard.plan.step import plan, plan_removal, refuse_stale
from wizard.steps.keys import PREVIOUS
from wizard.steps.order import STEPS
from wizard.steps.service import resume
from wizard.steps.settings_file import refuse_new_settings, refuse_unreadable


class Changes:
    """Plans and applies: an installation, another configuration, a removal.

    Planning touches nothing. It raises Busy or RecoveryNeeded where another run is
    under way or was cut off; StepFailed or DirectoryError where it can't be said.
    """

    def __init__(self, context: Context) -> None:
        self._context, self._host = context, context.host

    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        """Say everything that would change."""
        refuse_others(self._host)
        context = self._context.with_inputs(inputs)
        refuse_unreadable(settings, context)
        planned = Plan(settings, plan(STEPS, settings, context))
        refuse_unknown_names(planned, context)
        return planned

    def plan_removal(self, inputs: Inputs) -> Plan:
        """Say everything that would be removed."""
        refuse_others(self._host)
        context = self._context.with_inputs(inputs)
        stays = [text for step in STEPS for text in step.stays(context)]
        return Plan(None, plan_removal(STEPS, context), tuple(stays))

    def apply(
        self, plan: Plan, inputs: Inputs, report: Report, stop: threading.Event
    ) -> None:
        """Make all changes of a plan or none; a removal leaves only the program.

        Plan and inputs are as they were accepted; `stop` is looked at before each
        change that could be given back.

        ApplyError: one failed, or it was stopped; either all is given back, or `rest`
        is still to be done and `recover` finishes it. With any other error nothing was
        begun: Busy; RecoveryNeeded; StepFailed where an administrator is needed and
        none is given, let in or allowed what is planned, where the relay can't be
        enrolled at, or the plan is outdated; DirectoryError where no controller
        answered.
        """
        directory = _admin_directory(plan)
        if directory is not None and inputs.admin is None:
            what = Text("This needs an administrator of the domain.")
            raise StepFailed(what, NEEDS_ADMIN)
        with self._host.lock():
            if journal.find_open(self._host.places.journal) is not None:
                raise RecoveryNeeded  # under the lock: whatever is open was cut off
            context = self._context.with_inputs(inputs)
            refuse_stale(STEPS, plan.changes, context)
            if plan.removes:
                refuse_new_settings(plan.changes, context)
            if directory is not None:
                with sign_in_told(self._host):
                    prove_admin(directory, context)
            refuse_unready(plan, context, stop)
            if plan.changes:
                with told(self._host, boarding(plan, self._in_force())):
                    self._carry_out(plan, inputs, report, stop)
            if plan.removes:
                self._host.forget()

    def _in_force(self) -> Settings | None:
        """Read the settings before a plan; None where none are there, or of use."""
        if self._host.read(self._host.places.settings) is None:
            return None
        with contextlib.suppress(SettingsError):
            return self._context.load_settings()
        return None

    def _carry_out(
        self, plan: Plan, inputs: Inputs, report: Report, stop: threading.Event
    ) -> None:
        place = self._host.places.journal
        # one that a run left which was cut off right after its end
        forget_previous(self._host)
        journal.drop_empty(place)
        if self._context.with_inputs(inputs).belongs_to_original:
            journal.set_aside(place)
        begun = journal.begin(place, plan.changes)
        context = self._context.with_inputs(inputs, begun.id)
        try:
            apply(Run(STEPS, begun, context, report), plan.changes, stop)
        except ApplyError as error:
            down = resume(context, error.undone)
            if down:
                error.reason = Text(
                    "{reason} The agent of before is down: {why}",
                    reason=error.reason,
                    why=down,
                )
            raise
        finally:
            if journal.find_open(place) is None:
                forget_previous(self._host)


def forget_previous(host: Host) -> None:
    """Destroy the secrets that were kept to be put back: the run has ended."""
    for name in PREVIOUS:
        host.secrets.remove(name)


def _admin_directory(plan: Plan) -> DirectorySettings | None:
    """Give the directory whose administrator a plan needs; None where it needs none."""
    needing = [change for change in plan.changes if change.needs_admin]
    if not needing:
        return None
    return plan.settings.directory if plan.settings else directory_of(needing[0].before)
