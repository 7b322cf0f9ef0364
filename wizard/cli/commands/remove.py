"""Remove: the installation, and its side of the directory unless that is kept."""

import threading

from wizard.cli.command import SECRETS, YES, Command, argument
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, plan_data, plan_text, say_progress, saying
from wizard.cli.run_plan import failure, need_admin, planned
from wizard.cli.secrets import CommandSecrets
from wizard.cli.signals import stopped_by_signal
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.plan.change import ApplyError


def remove(controller: Controller, secrets: CommandSecrets, confirm: Confirm) -> Result:
    """Remove the installation; the directory's side too unless it is kept."""
    changes, secrets = planned(controller.plan_removal, secrets)
    if not changes:
        controller.remove((), secrets.inputs(), say_progress, threading.Event())
        return Result(Exit.DONE, "There is nothing to remove.", {"changes": []})
    if not confirm(plan_text(changes)):
        return Result(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if any(change.needs_admin for change in changes):
        secrets = secrets.with_admin()
        need_admin(secrets)
    came: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.remove(changes, secrets.inputs(), saying(came), stop)
    except ApplyError as error:
        return failure(error)
    return Result(Exit.DONE, "Removed.", {"changes": plan_data(changes), "told": came})


def _remove(invocation: Invocation) -> Result:
    controller, keep = invocation.controller, invocation.arguments.keep_account
    secrets = invocation.secrets.choosing(keep_account=keep)
    return remove(controller, secrets, invocation.confirm)


REMOVE = Command(
    "remove",
    "remove the installation, its account and permissions too",
    (
        SECRETS,
        YES,
        argument(
            "--keep-account",
            action="store_true",
            help="leave the directory's account and permissions as they are",
        ),
    ),
    _remove,
)
