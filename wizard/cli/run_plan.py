"""Plan, ask, apply, report: the same for every command that changes something."""

from collections.abc import Callable, Sequence
from typing import Any

from wire.text import Text, listed
from wizard.cli import output
from wizard.cli.errors import ADMIN, BadUsage
from wizard.cli.output import Exit, Result, lines
from wizard.cli.secrets import CommandSecrets
from wizard.cli.signals import stopped_by_signal
from wizard.cli.terminal import NOTHING_CHANGED, Confirm
from wizard.controller.controller import Controller
from wizard.enrolment.used_code import code_after
from wizard.inputs import Inputs
from wizard.plan.change import GIVE_UP, ApplyError, Change, Plan, StepFailed

STUCK = Text("Could not be rolled back:")
_STILL_TO_DO = Text("It can't be rolled back any more; still to be done:")
MEND = listed(
    (Text("Fix the cause, then writeback rollback goes on with it."), GIVE_UP), " "
)


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
) -> Result:
    """Make changes that were planned, once they are accepted; all or none.

    An administrator is asked for where one is needed. `text` is the plan in words,
    where not as for any plan.
    """
    if not confirm(text or output.plan_text(plan.changes)):
        return Result(Exit.BAD_USAGE, NOTHING_CHANGED, {"changes": []})
    if plan.needs_admin:
        secrets = secrets.with_admin()
        _refuse_without_admin(secrets)
    details: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.changes.apply(
                plan, secrets.inputs(), output.saying(details), stop
            )
    except ApplyError as error:
        return failure(error)
    data = {"changes": output.plan_data(plan.changes), "told": details}
    made = Text("Done: {changes} made.", changes=output.counted(plan.changes))
    return Result(Exit.DONE, made, data)


def _refuse_without_admin(secrets: CommandSecrets) -> None:
    """Say which of the two is missing, and how it is given."""
    names = ("admin_user", "admin_password")
    missing = [name for name in names if secrets.get(name) is None]
    if missing:
        which = ADMIN if len(missing) > 1 else missing[0]
        raise BadUsage(
            Text("This needs an administrator of the domain: {names}.", names=which),
            Text("Give both by --secrets-fd; they are used once and not stored."),
        )


def failure(error: ApplyError) -> Result:
    """Say what failed, and in what state the machine is now."""
    failed = error.failed.summary if error.failed else ""
    data: dict[str, Any] = {
        "failed": failed,
        "reason": error.reason,
        "undone": [change.summary for change in error.undone],
        "stuck": output.stuck_data(error.stuck),
    }
    head = [Text("Failed: {change}", change=failed)] if failed else []
    if error.rest:
        data["rest"] = [change.summary for change in error.rest]
        rest = (_STILL_TO_DO, *output.summaries(error.rest), MEND)
        return Result(Exit.NOT_CLEAN, lines(*head, error.reason, *rest), data)
    if error.stuck:
        stuck = output.stuck_text(error.stuck)
        text = lines(*head, error.reason, STUCK, stuck, MEND)
        return Result(Exit.NOT_CLEAN, text, data)
    back = Text("Nothing was changed.")
    if error.undone:
        count = output.counted(error.undone)
        back = Text("Everything begun was rolled back ({changes}).", changes=count)
    code = used_code(error.undone)
    text = lines(*head, error.reason, back, *code.values())
    return Result(Exit.ROLLED_BACK, text, {**data, **code})


def used_code(undone: Sequence[Change]) -> dict[str, Any]:
    """Say of a code that was taken back with its enrolment what holds of it now."""
    said = code_after(undone)
    return {"enrolment_code": said} if said else {}
