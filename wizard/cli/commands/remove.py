"""Remove."""

import threading

from wizard.cli.output import Exit, Result, plan_data, plan_text, say_progress, saying
from wizard.cli.run_plan import Confirm, failure, need_admin, planned
from wizard.cli.secrets import CommandSecrets
from wizard.cli.signals import stopped_by_signal
from wizard.controller.controller import Controller
from wizard.plan.change import ApplyError


def remove(controller: Controller, given: CommandSecrets, confirm: Confirm) -> Result:
    """Remove the installation; the directory's side too unless it is kept."""
    changes, given = planned(controller.plan_removal, given)
    if not changes:
        controller.remove((), given.inputs(), say_progress, threading.Event())
        return Result(Exit.DONE, "There is nothing to remove.", {"changes": []})
    if not confirm(plan_text(changes)):
        return Result(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if any(change.needs_admin for change in changes):
        given = given.with_admin()
        need_admin(given)
    came: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.remove(changes, given.inputs(), saying(came), stop)
    except ApplyError as error:
        return failure(error)
    return Result(Exit.DONE, "Removed.", {"changes": plan_data(changes), "told": came})
