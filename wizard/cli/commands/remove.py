"""Remove: the installation, and its side of the directory unless that is kept."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

from wire.text import Text
from wizard.cli.command import SECRETS, YES, Argument, Command
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, lines, plan_text, say_progress
from wizard.cli.run_plan import planned, run_plan
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.translation import say


def remove(controller: Controller, secrets: CommandSecrets, confirm: Confirm) -> Result:
    """Remove the installation; the directory's side too unless it is kept."""
    plan, secrets = planned(controller.changes.plan_removal, secrets)
    stays = {"stays": list(plan.stays)}
    if plan.changes:
        shown = lines(plan_text(plan.changes), *_staying(plan.stays))
        result = run_plan(controller, plan, secrets, confirm, text=shown)
        if result.code is Exit.DONE:
            left = (*result.data["told"], *plan.stays)
            result = replace(result, text=lines(Text("Removed."), *_staying(left)))
        return replace(result, data={**result.data, **stays})
    controller.changes.apply(plan, secrets.inputs(), say_progress, threading.Event())
    nothing = lines(Text("There is nothing to remove."), *_staying(plan.stays))
    return Result(Exit.DONE, nothing, {"changes": [], **stays})


def _staying(stays: Sequence[str]) -> Iterator[str]:
    """Say what a removal leaves."""
    if stays:
        yield Text("What stays:")
    yield from (f"  {say(each)}" for each in stays)


def _remove(invocation: Invocation) -> Result:
    controller, arguments = invocation.controller, invocation.arguments
    secrets = invocation.secrets.choosing(
        keep_account=arguments.keep_account, delete_audit=arguments.delete_audit
    )
    return remove(controller, secrets, invocation.confirm)


REMOVE = Command(
    "remove",
    Text("remove the installation, its account and permissions too"),
    (
        SECRETS,
        YES,
        Argument(
            "--keep-account",
            action="store_true",
            help="leave the directory's account and permissions as they are",
        ),
        Argument(
            "--delete-audit",
            action="store_true",
            help="delete the audit records too, which stay otherwise",
        ),
    ),
    _remove,
)
