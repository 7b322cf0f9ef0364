"""Plan, apply, repair and rekey: what leads to settings."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

from agent.config.settings import Settings
from agent.ldap.errors import DirectoryError
from wire.text import Text
from wizard.cli import service_account
from wizard.cli.command import SECRETS, SETTINGS, YES, Argument, Command
from wizard.cli.commands.verify import verify
from wizard.cli.invocation import Invocation, settings_in_force
from wizard.cli.output import (
    Exit,
    Result,
    plan_data,
    plan_text,
    portal_details_text,
    refused,
)
from wizard.cli.portal_sign_in import sign_in
from wizard.cli.report_file import write_report
from wizard.cli.run_plan import planned, run_plan
from wizard.cli.secrets import CommandSecrets, enrols_anew
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller


def show_plan(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    report: Path | None = None,
) -> Result:
    """Say what would change, in a file too where one is named; reads only."""
    plan, secrets = planned(partial(controller.changes.plan, settings), secrets)
    data = {"changes": plan_data(plan.changes)}
    shown = Result(Exit.DONE, plan_text(plan.changes), data)
    if report is None:
        return shown
    write_report(report, controller, plan, settings, secrets.inputs())
    written = Text("The report is in {path}.", path=str(report))
    return shown.then(Result(Exit.DONE, written, {"report": str(report)}))


def carry_out(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    confirm: Confirm,
) -> Result:
    """Apply settings: all changes or none."""
    plan, secrets = planned(partial(controller.changes.plan, settings), secrets)
    if not plan.changes:
        return Result(Exit.DONE, plan_text(()), {"changes": []})
    result = run_plan(controller, plan, secrets, confirm)
    enrols = any(change.step == "enrolment" for change in plan.changes)
    if result.code != Exit.DONE or not enrols:
        return result
    details = controller.installation.portal_details()
    text = portal_details_text(details)
    return result.then(Result(Exit.DONE, text, {"hand_over": asdict(details)}))


def repair(controller: Controller, secrets: CommandSecrets, confirm: Confirm) -> Result:
    """Mend what differs from the settings in force, and compare everything again."""
    settings = settings_in_force(controller)
    done = carry_out(controller, settings, secrets, confirm)
    if done.code != Exit.DONE:
        return done
    return done.then(verify(controller, settings))


def _with_secrets(
    call: Invocation, *, anew: bool = False, **choices: bool
) -> tuple[Controller, Settings, CommandSecrets]:
    controller, secrets, settings = call.controller, call.secrets, call.settings()
    # where nothing counts as enrolled, the code is asked for
    in_force = None if anew else call.installed_settings()
    portal = getattr(call.arguments, "sign_in", None)
    wanted = enrols_anew(in_force, settings) and not secrets.get("enrolment_code")
    if portal and wanted:
        secrets = sign_in(controller, portal, settings, secrets.choosing(**choices))
    return controller, settings, secrets.with_enrolment(in_force, settings)


def _apply(call: Invocation) -> Result:
    """Apply; what a file names and no controller has is the file's mistake."""
    try:
        return carry_out(*_with_secrets(call), call.confirm)
    except DirectoryError as error:
        if call.arguments.settings is None:  # those in force were of use once
            raise
        return refused(error)


def _rekey(call: Invocation) -> Result:
    gone = call.arguments.original_is_gone
    chosen = {"new_keys": True, "original_is_gone": gone}
    controller, settings, secrets = _with_secrets(call, anew=True, **chosen)
    secrets = secrets.choosing(**chosen)
    return carry_out(controller, settings, secrets, call.confirm)


SIGN_IN = Argument(
    "--sign-in",
    metavar="URL",
    help="have this portal give the enrolment code, once it was approved there",
)
PLAN = Command(
    "plan",
    Text("say what would change; reads only"),
    (
        SETTINGS,
        SECRETS,
        Argument(
            "--report",
            type=Path,
            metavar="FILE",
            help="write a report for a change board as text",
        ),
        *service_account.arguments(),
    ),
    lambda call: show_plan(*_with_secrets(call), call.arguments.report),
    reads=True,
)
APPLY = Command(
    "apply",
    Text("make all changes or none"),
    (SETTINGS, SECRETS, SIGN_IN, YES, *service_account.arguments()),
    _apply,
)
REPAIR = Command(
    "repair",
    Text("fix what differs from the settings in force"),
    (SECRETS, YES),
    lambda call: repair(call.controller, call.secrets, call.confirm),
)
REKEY = Command(
    "rekey",
    Text("give the agent new keys, on a copied machine or in doubt"),
    (
        SETTINGS,
        SECRETS,
        SIGN_IN,
        YES,
        Argument(
            "--original-is-gone",
            action="store_true",
            help="this copied machine keeps the name of its original",
        ),
    ),
    _rekey,
)
