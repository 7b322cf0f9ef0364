"""Rollback: a run that was cut off, taken back or finished."""

from typing import Any

from wire.text import Text
from wizard.cli import output
from wizard.cli.command import SECRETS, YES, Command
from wizard.cli.output import Exit, Result, lines
from wizard.cli.run_plan import STUCK, failure
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import NOTHING_CHANGED, Confirm
from wizard.controller.controller import Controller
from wizard.plan.change import ApplyError
from wizard.translation import say


def roll_back(
    controller: Controller, secrets: CommandSecrets, confirm: Confirm
) -> Result:
    """Take back a run that was cut off."""
    cut_off = controller.recovery.find()
    data: dict[str, Any] = {"undone": [], "stuck": []}
    if cut_off is None:
        return Result(Exit.DONE, Text("Nothing to roll back."), data)
    at = f"{cut_off.started:%Y-%m-%d %H:%M}"
    head = Text("Begun {time} UTC and cut off:", time=at)
    if cut_off.forward:
        head = Text("Begun {time} UTC and cut off; still to be done:", time=at)
    if not confirm(lines(head, *(f"  {say(each)}" for each in cut_off.changes))):
        return Result(Exit.BAD_USAGE, NOTHING_CHANGED, data)
    if cut_off.needs_admin:
        secrets = secrets.with_admin()
    try:
        rolled = controller.recovery.recover(secrets.inputs(), output.say_progress)
    except ApplyError as error:
        return failure(error)
    data = {
        "finished": [change.summary for change in rolled.finished],
        "undone": [change.summary for change in rolled.undone],
        "stuck": output.stuck_data(rolled.stuck),
    }
    if rolled.stuck:
        left = lines(STUCK, output.stuck_text(rolled.stuck))
        return Result(Exit.NOT_CLEAN, left, data)
    if rolled.down:
        why = rolled.down
        text = Text("Taken back, but the agent of before is down: {why}", why=why)
        return Result(Exit.NOT_CLEAN, text, {**data, "down": rolled.down})
    text = Text("Taken back: {changes}.", changes=output.counted(rolled.undone))
    if cut_off.forward:
        text = Text("Finished: {changes}.", changes=output.counted(rolled.finished))
    return Result(Exit.DONE, text, data)


ROLLBACK = Command(
    "rollback",
    Text("take back a run that was cut off, or finish what is past that"),
    (SECRETS, YES),
    lambda call: roll_back(call.controller, call.secrets, call.confirm),
)
