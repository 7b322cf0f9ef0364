"""Plan, apply and repair."""

from functools import partial

from agent.config.settings import Settings
from wizard.cli.commands.verify import verify
from wizard.cli.output import Exit, Result, plan_data, plan_text
from wizard.cli.run_plan import Confirm, make, planned, wanted
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller


def show_plan(
    controller: Controller, settings: Settings, given: CommandSecrets
) -> Result:
    """Say what would change; reads only."""
    changes, _ = planned(partial(controller.plan, settings), given)
    return Result(Exit.DONE, plan_text(changes), {"changes": plan_data(changes)})


def carry_out(
    controller: Controller, settings: Settings, given: CommandSecrets, confirm: Confirm
) -> Result:
    """Apply settings: all changes or none."""
    changes, given = planned(partial(controller.plan, settings), given)
    if not changes:
        return Result(Exit.DONE, plan_text(()), {"changes": []})
    return make(controller, settings, changes, given, confirm)


def repair(controller: Controller, given: CommandSecrets, confirm: Confirm) -> Result:
    """Mend what differs from the settings in force, and compare everything again."""
    settings = wanted(controller, None)
    done = carry_out(controller, settings, given, confirm)
    if done.code != Exit.DONE:
        return done
    checked = verify(controller, settings)
    text = f"{done.text}\n{checked.text}"
    return Result(checked.code, text, {**done.data, **checked.data})
