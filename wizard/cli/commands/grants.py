"""`writeback permissions plan | grant | revoke`: entries shown, made, taken back."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from wizard.cli import run_plan
from wizard.cli.command import SECRETS, SETTINGS, YES, Command, argument
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result, plan_data
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.grants.grants import Entry, Left
from wizard.grants.handover_text import handover_text
from wizard.inputs import Inputs

_NOTHING = (
    "Nothing is missing on the containers of the scope. Whom the grants do not reach "
    "is told by: writeback permissions check"
)


def plan(
    controller: Controller, settings: Settings, inputs: Inputs, file: Path | None
) -> Result:
    """Show what is missing, entry by entry; write it down for another team."""
    sight = controller.permissions
    changes = sight.plan_grant(settings, inputs)
    found = sight.entries(settings, inputs, changes)
    if file is not None and found:
        _write(file, handover_text(found, settings))
    code = Exit.FINDINGS if found else Exit.DONE
    text = "\n".join(_lines(found)) if found else _NOTHING
    if file is not None:
        text += f"\nWritten: {file}" if found else "\nNo file was written."
    return Result(code, text, _data(found) | {"changes": plan_data(changes)})


def grant(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    confirm: Confirm,
) -> Result:
    """Grant what is missing, all or none."""
    sight, inputs = controller.permissions, secrets.inputs()
    changes = sight.plan_grant(settings, inputs)
    if not changes:
        return Result(Exit.DONE, _NOTHING, {"changes": [], "entries": []})
    found = sight.entries(settings, inputs, changes)
    text = "\n".join(("Will be granted:", *_lines(found)))
    told = run_plan.make(controller, settings, changes, secrets, confirm, text=text)
    return Result(told.code, told.text, {**_data(found), **told.data})


def revoke(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    confirm: Confirm,
) -> Result:
    """Take back what earlier plans granted; other entries are named and left."""
    sight, inputs = controller.permissions, secrets.inputs()
    plan = sight.plan_revoke(settings, inputs)
    left = {"left": [{"container": e.container, "entry": e.words} for e in plan.left]}
    if not plan.changes:
        text = "\n".join(
            ("Nothing that Writeback granted is there.", *_left(plan.left))
        )
        return Result(Exit.DONE, text, {"changes": [], "entries": [], **left})
    found = sight.entries(settings, inputs, plan.changes)
    lines = ("Will be taken back:", *_lines(found, back=True), *_left(plan.left))
    told = run_plan.make(
        controller, settings, plan.changes, secrets, confirm, text="\n".join(lines)
    )
    return Result(told.code, told.text, {**_data(found), **told.data, **left})


def _lines(found: Sequence[Entry], *, back: bool = False) -> Iterator[str]:
    for entry in found:
        yield entry.right
        yield f"  on          {entry.container}"
        yield f"  SDDL        {entry.sddl}"
        # dsacls can't take one entry back, only all of an account
        yield (
            f"  PowerShell  {entry.take_back}"
            if back
            else f"  dsacls      {entry.dsacls}"
        )


def _left(left: Sequence[Left]) -> Iterator[str]:
    if left:
        yield "Left, as Writeback did not add it:"
    for entry in left:
        yield f"  {entry.words}, on {entry.container}"


def _data(found: Sequence[Entry]) -> dict[str, Any]:
    return {"entries": [entry.as_dict() for entry in found]}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadUsage(
            f"{file} can't be written: {error.strerror}.", "Name another file."
        ) from error


def _plan(invocation: Invocation) -> Result:
    controller, file = invocation.controller, invocation.arguments.hand_over
    return inspect_directory(invocation, partial(plan, controller, file=file))


def _change(change: Callable[..., Result], invocation: Invocation) -> Result:
    controller = invocation.controller
    return change(controller, *invocation.with_account(), invocation.confirm)


PLAN = Command(
    "plan",
    "show the permissions that are missing, entry by entry",
    (
        SETTINGS,
        SECRETS,
        argument("--hand-over", type=Path, metavar="FILE", help="for another team"),
    ),
    _plan,
)
GRANT = Command(
    "grant",
    "grant what is missing; an administrator is used once",
    (SETTINGS, SECRETS, YES),
    partial(_change, grant),
)
REVOKE = Command(
    "revoke",
    "take back what was granted, entry by entry",
    (SETTINGS, SECRETS, YES),
    partial(_change, revoke),
)
