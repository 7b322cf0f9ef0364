"""Rollback: a run that was cut off, taken back or finished."""

from wizard.cli.command import SECRETS, YES, Command
from wizard.cli.output import Exit, Result, say_progress, stuck_data, stuck_text
from wizard.cli.run_plan import counted, failure
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.plan.change import ApplyError


def roll_back(
    controller: Controller, secrets: CommandSecrets, confirm: Confirm
) -> Result:
    """Take back a run that was cut off."""
    cut_off = controller.recovery.find()
    if cut_off is None:
        return Result(Exit.DONE, "Nothing to roll back.", {"undone": [], "stuck": []})
    begun = "\n".join(f"  {summary}" for summary in cut_off.changes)
    what = "cut off; still to be done" if cut_off.forward else "cut off"
    if not confirm(f"Begun {cut_off.started:%Y-%m-%d %H:%M} UTC and {what}:\n{begun}"):
        return Result(
            Exit.BAD_USAGE, "Nothing was changed.", {"undone": [], "stuck": []}
        )
    if cut_off.needs_admin:
        secrets = secrets.with_admin()
    try:
        rolled = controller.recovery.recover(secrets.inputs(), say_progress)
    except ApplyError as error:
        return failure(error)
    data = {
        "finished": [change.summary for change in rolled.finished],
        "undone": [change.summary for change in rolled.undone],
        "stuck": stuck_data(rolled.stuck),
    }
    if rolled.stuck:
        text = f"Could not be taken back:\n{stuck_text(rolled.stuck)}"
        return Result(Exit.NOT_CLEAN, text, data)
    if rolled.down:
        text = f"Taken back, but the agent of before is down: {rolled.down}"
        return Result(Exit.NOT_CLEAN, text, {**data, "down": rolled.down})
    if cut_off.forward:
        return Result(Exit.DONE, f"Finished: {counted(rolled.finished)}.", data)
    return Result(Exit.DONE, f"Taken back: {counted(rolled.undone)}.", data)


ROLLBACK = Command(
    "rollback",
    "take back a run that was cut off, or finish what is past that",
    (SECRETS, YES),
    lambda call: roll_back(call.controller, call.secrets, call.confirm),
)
