"""Rollback: a run that was cut off, taken back, finished or given up."""

from typing import Any

from wire.text import Text, moment
from wizard.cli import output
from wizard.cli.command import SECRETS, YES, Argument, Command
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, lines
from wizard.cli.run_plan import MEND, STUCK, failure, used_code
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import NOTHING_CHANGED, Confirm
from wizard.controller.controller import Controller
from wizard.plan.abandon import Abandoned
from wizard.plan.change import ApplyError, RolledBack
from wizard.plan.journal import JournalDamaged
from wizard.results import Recovery
from wizard.translation import say

_NOTHING = Text("Nothing to roll back.")
_ABANDON = Text("What can't be rolled back, or finished, is left as it is.")
_LEFT = Text("Left as it is, and no longer looked after:")
_AWAY = Text(
    "Nothing is cut off any more. writeback apply goes on from here; writeback remove "
    "takes away what is left on this machine."
)


def roll_back(
    controller: Controller, secrets: CommandSecrets, confirm: Confirm
) -> Result:
    """Take back a run that was cut off."""
    cut_off = controller.recovery.find()
    data: dict[str, Any] = {"undone": [], "stuck": []}
    if cut_off is None:
        return Result(Exit.DONE, _NOTHING, data)
    if not confirm(_shown(cut_off)):
        return Result(Exit.BAD_USAGE, NOTHING_CHANGED, data)
    if cut_off.needs_admin:
        secrets = secrets.with_admin()
    try:
        rolled = controller.recovery.recover(secrets.inputs(), output.say_progress)
    except ApplyError as error:
        return failure(error)
    return _rolled(rolled, forward=cut_off.forward)


def _rolled(rolled: RolledBack, *, forward: bool) -> Result:
    data = {
        "finished": [change.summary for change in rolled.finished],
        "undone": [change.summary for change in rolled.undone],
        "stuck": output.stuck_data(rolled.stuck),
    }
    if rolled.stuck:
        left = lines(STUCK, output.stuck_text(rolled.stuck), MEND)
        return Result(Exit.NOT_CLEAN, left, data)
    if rolled.down:
        return Result(Exit.NOT_CLEAN, _down(rolled.down), {**data, "down": rolled.down})
    text = Text("Rolled back: {changes}.", changes=output.counted(rolled.undone))
    if forward:
        text = Text("Finished: {changes}.", changes=output.counted(rolled.finished))
    code = used_code(rolled.undone)
    return Result(Exit.DONE, lines(text, *code.values()), {**data, **code})


def abandon(
    controller: Controller, secrets: CommandSecrets, confirm: Confirm
) -> Result:
    """Settle what can be of a run that was cut off, and give up the rest."""
    try:
        cut_off = controller.recovery.find()
    except JournalDamaged as error:
        shown, needs_admin = str(error.what), False
    else:
        if cut_off is None:
            return Result(Exit.DONE, _NOTHING, {"undone": [], "left": []})
        shown, needs_admin = _shown(cut_off), cut_off.needs_admin
    if not confirm(lines(shown, _ABANDON)):
        return Result(Exit.BAD_USAGE, NOTHING_CHANGED, {"undone": [], "left": []})
    if needs_admin:
        secrets = secrets.with_admin()
    told = controller.recovery.abandon(secrets.inputs(), output.say_progress)
    return _abandoned(told)


def _abandoned(told: Abandoned) -> Result:
    data: dict[str, Any] = {
        "finished": [change.summary for change in told.finished],
        "undone": [change.summary for change in told.undone],
        "left": [{"what": each.what, "why": each.why} for each in told.left],
    }
    shown: list[str] = []
    for each in told.left:
        shown += [f"  {say(each.what)}", f"    {say(each.why)}"]
    code = used_code(told.undone)
    data |= code
    shown = [say(_LEFT), *shown] if shown else []
    text = lines(*shown, _AWAY, *code.values())
    if told.down:
        text = lines(text, _down(told.down))
        return Result(Exit.NOT_CLEAN, text, {**data, "down": told.down})
    return Result(Exit.DONE, text, data)


def _down(why: Text) -> Text:
    return Text("Rolled back, but the agent of before is down: {why}", why=why)


def _shown(cut_off: Recovery) -> str:
    at = moment(cut_off.started)
    head = Text("Begun {time} UTC and cut off:", time=at)
    if cut_off.forward:
        head = Text("Begun {time} UTC and cut off; still to be done:", time=at)
    return lines(head, *(f"  {say(each)}" for each in cut_off.changes))


def _rollback(call: Invocation) -> Result:
    settle = abandon if call.arguments.abandon else roll_back
    return settle(call.controller, call.secrets, call.confirm)


ROLLBACK = Command(
    "rollback",
    Text("roll back a run that was cut off, or finish what is past that"),
    (
        SECRETS,
        YES,
        Argument(
            "--abandon",
            action="store_true",
            help="give up what can't be, and list what is left where",
        ),
    ),
    _rollback,
)
