"""Each command as a function of what it is given: reads, changes, and what it tells."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from agent.config import settings_file as settings_file_of_config
from agent.config.settings import Settings
from wizard.cli.errors import BadUsage
from wizard.cli.output import (
    LOST,
    Exit,
    Result,
    plan_data,
    plan_text,
    portal_details_text,
    saying,
    stuck_text,
)
from wizard.cli.secrets import CommandSecrets, typed
from wizard.cli.signals import stopped_by_signal
from wizard.controller.controller import Controller
from wizard.inputs import Inputs
from wizard.plan.change import ApplyError, Change, StepFailed

Confirm = Callable[[str], bool]
NOT_SET_UP = "Nothing is set up on this machine; give --settings FILE."


def wanted(controller: Controller, file: Path | None) -> Settings:
    """Read the settings given, else those in force.

    Raises:
        SettingsError: with every problem.
        BadUsage: there are none.

    """
    if file is not None:
        return settings_file_of_config.load(file)
    found = controller.installed()
    if found is None:
        lost = controller.lost()
        if lost is not None:
            raise BadUsage(f"{lost} is missing.", LOST)
        raise BadUsage("There are no settings.", NOT_SET_UP)
    return found.settings


def planned(
    plan: Callable[[Inputs], tuple[Change, ...]], given: CommandSecrets
) -> tuple[tuple[Change, ...], CommandSecrets]:
    """Plan; what turns out to be needed is asked for on a terminal, each once."""
    while True:
        try:
            return plan(given.inputs()), given
        except StepFailed as error:
            more = given.with_needed(error.needs)
            if more == given:
                raise
            given = more


def make(
    controller: Controller,
    settings: Settings,
    changes: Sequence[Change],
    given: CommandSecrets,
    confirm: Confirm,
    *,
    text: str = "",
) -> Result:
    """Make changes that were planned, once they are accepted; all or none.

    Args:
        controller: makes them.
        settings: what they lead to.
        changes: as planned.
        given: an administrator is asked for where one is needed.
        confirm: shown the plan.
        text: the plan in words, where not as for any plan.

    """
    if not confirm(text or plan_text(changes)):
        return Result(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if any(change.needs_admin for change in changes):
        given = given.with_admin()
        need_admin(given)
    came: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.apply(settings, changes, given.inputs(), saying(came), stop)
    except ApplyError as error:
        return failure(error)
    done = f"Done: {counted(changes)} made."
    data: dict[str, Any] = {"changes": plan_data(changes), "told": came}
    if any(change.step == "enrolment" for change in changes):
        known = controller.hand_over()
        done, data["hand_over"] = f"{done}\n{portal_details_text(known)}", asdict(known)
    return Result(Exit.DONE, done, data)


def need_admin(given: CommandSecrets) -> None:
    """Say which of the two is missing, and how it is given."""
    names = ("admin_user", "admin_password")
    missing = [name for name in names if given.get(name) is None]
    if missing:
        raise BadUsage(
            f"This needs an administrator of the domain: {' and '.join(missing)}.",
            "Give both by --secrets-fd; they are used once and not stored.",
        )


def failure(error: ApplyError) -> Result:
    failed = error.failed.summary if error.failed else ""
    data: dict[str, Any] = {
        "failed": failed,
        "reason": error.reason,
        "undone": [change.summary for change in error.undone],
        "stuck": [
            {"summary": s.change.summary, "reason": s.reason} for s in error.stuck
        ],
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
    return "1 change" if len(changes) == 1 else f"{len(changes)} changes"


def on_terminal(text: str) -> bool:
    """Show what will be done and ask; nobody to ask is no."""
    print(text, file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadUsage("Nobody can be asked here.", "Accept the plan with --yes.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return typed(input).strip().lower() in ("y", "yes")


def ask_secrets(
    secrets: CommandSecrets, old: Settings | None, wanted: Settings
) -> CommandSecrets:
    """Ask on a terminal for what the settings in force, if any, did not need."""
    secrets = ask_account(secrets, old, wanted)
    where = (wanted.relay.url, wanted.agent)
    if old is None or (old.relay.url, old.agent) != where:
        secrets = secrets.with_asked("enrolment_code", "Enrolment code")
    return secrets


def ask_account(
    secrets: CommandSecrets, old: Settings | None, wanted: Settings
) -> CommandSecrets:
    """Ask for what signs in, unless it is the account in force: that is stored."""
    account = wanted.directory
    if old is not None and old.directory.sign_in_name == account.sign_in_name:
        return secrets
    if account.account.kind == "existing":
        prompt = f"Password of {account.account.name}"
        return secrets.with_asked("account_password", prompt)
    return secrets.with_admin()
