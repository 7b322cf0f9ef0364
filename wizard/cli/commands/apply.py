"""Plan, apply and repair."""

from functools import partial

from agent.config.settings import Settings
from wizard.cli.commands.verify import verify
from wizard.cli.output import Exit, Told, plan_data, plan_text
from wizard.cli.run_plan import Confirm, make, planned, wanted
from wizard.cli.secrets import Given
from wizard.controller.controller import Controller


def show_plan(controller: Controller, settings: Settings, given: Given) -> Told:
    """Say what would change; reads only."""
    changes, _ = planned(partial(controller.plan, settings), given)
    return Told(Exit.DONE, plan_text(changes), {"changes": plan_data(changes)})


def carry_out(
    controller: Controller, settings: Settings, given: Given, confirm: Confirm
) -> Told:
    """Apply settings: all changes or none."""
    changes, given = planned(partial(controller.plan, settings), given)
    if not changes:
        return Told(Exit.DONE, plan_text(()), {"changes": []})
    return make(controller, settings, changes, given, confirm)


def repair(controller: Controller, given: Given, confirm: Confirm) -> Told:
    """Mend what differs from the settings in force, and compare everything again."""
    settings = wanted(controller, None)
    done = carry_out(controller, settings, given, confirm)
    if done.code != Exit.DONE:
        return done
    checked = verify(controller, settings)
    text = f"{done.text}\n{checked.text}"
    return Told(checked.code, text, {**done.data, **checked.data})
