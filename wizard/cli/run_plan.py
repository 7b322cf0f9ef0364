"""Plan, ask, apply, report: the same for every command that changes something."""

from collections.abc import Callable, Sequence
from typing import Any

from wizard.cli.errors import BadUsage
from wizard.cli.output import (
    Exit,
    Result,
    plan_data,
    plan_text,
    saying,
    stuck_data,
    stuck_text,
)
from wizard.cli.secrets import CommandSecrets
from wizard.cli.signals import stopped_by_signal
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.plan.change import ApplyError, Change, Plan, StepFailed


def planned(
    plan: Callable[[Inputs], Plan], secrets: CommandSecrets
) -> tuple[Plan, CommandSecrets]:
    """Plan; what turns out to be needed is asked for on a terminal, each once."""
    while True:
        try:
            return plan(secrets.inputs()), secrets
        except StepFailed as error:
            more = secrets.with_needed(error.needs)
            if more == secrets:
                raise
            secrets = more


def run_plan(
    controller: Controller,
    plan: Plan,
    secrets: CommandSecrets,
    confirm: Confirm,
    *,
    text: str = "",
    done: str = "",
) -> Result:
    """Make changes that were planned, once they are accepted; all or none.

    Args:
        controller: makes them.
        plan: as it was made.
        secrets: an administrator is asked for where one is needed.
        confirm: shown the plan.
        text: the plan in words, where not as for any plan.
        done: what is said at the end, where not how many were made.

    """
    if not confirm(text or plan_text(plan.changes)):
        return Result(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if plan.needs_admin:
        secrets = secrets.with_admin()
        _refuse_without_admin(secrets)
    details: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.changes.apply(plan, secrets.inputs(), saying(details), stop)
    except ApplyError as error:
        return failure(error)
    data = {"changes": plan_data(plan.changes), "told": details}
    return Result(Exit.DONE, done or f"Done: {counted(plan.changes)} made.", data)


def _refuse_without_admin(secrets: CommandSecrets) -> None:
    """Say which of the two is missing, and how it is given."""
    names = ("admin_user", "admin_password")
    missing = [name for name in names if secrets.get(name) is None]
    if missing:
        raise BadUsage(
            f"This needs an administrator of the domain: {' and '.join(missing)}.",
            "Give both by --secrets-fd; they are used once and not stored.",
        )


def failure(error: ApplyError) -> Result:
    """Say what failed, and in what state the machine is now."""
    failed = error.failed.summary if error.failed else ""
    data: dict[str, Any] = {
        "failed": failed,
        "reason": error.reason,
        "undone": [change.summary for change in error.undone],
        "stuck": stuck_data(error.stuck),
    }
    head = f"Failed: {failed}\n{error.reason}" if failed else error.reason
    if error.rest:
        data["rest"] = [change.summary for change in error.rest]
        text = f"{head}\nIt can't be taken back any more; still to be done:\n"
        text += "\n".join(f"  {summary}" for summary in data["rest"])
        text += "\nMend the cause, then writeback rollback goes on with it."
        return Result(Exit.NOT_CLEAN, text, data)
    if error.stuck:
        text = f"{head}\nCould not be taken back:\n{stuck_text(error.stuck)}"
        return Result(Exit.NOT_CLEAN, text, data)
    text = f"{head}\nEverything begun was taken back ({counted(error.undone)})."
    return Result(Exit.ROLLED_BACK, text, data)


def counted(changes: Sequence[Change]) -> str:
    """Count changes in words."""
    return "1 change" if len(changes) == 1 else f"{len(changes)} changes"
