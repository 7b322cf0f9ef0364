"""`writeback permissions plan | grant | revoke`: entries shown, made, taken back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from wire.text import Text
from wizard.cli.command import SECRETS, SETTINGS, YES, Argument, Command
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, inspect_directory
from wizard.cli.output import Exit, Result, lines, plan_data
from wizard.cli.run_plan import run_plan
from wizard.cli.secrets import CommandSecrets
from wizard.cli.terminal import Confirm
from wizard.controller.controller import Controller
from wizard.grants.grants import AccessEntry, ForeignEntry
from wizard.grants.handover_text import handover_text
from wizard.inputs import Inputs
from wizard.translation import say

_NOTHING = Text(
    "Nothing is missing on the containers of the scope. Whom the grants do not "
    "reach is shown by: writeback permissions check"
)


def plan(
    controller: Controller, settings: Settings, inputs: Inputs, file: Path | None
) -> Result:
    """Show what is missing, entry by entry; write it down for another team."""
    permissions = controller.permissions
    plan = permissions.plan_grant(settings, inputs)
    entries = permissions.entries(plan, inputs)
    if file is not None and entries:
        _write(file, say(handover_text(entries, settings)))
    code = Exit.FINDINGS if entries else Exit.DONE
    shown: list[str] = list(_lines(entries)) if entries else [_NOTHING]
    if file is not None:
        written = Text("Written: {file}", file=str(file))
        shown.append(written if entries else Text("No file was written."))
    data = _data(entries) | {"changes": plan_data(plan.changes)}
    return Result(code, lines(*shown), data)


def grant(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    confirm: Confirm,
) -> Result:
    """Grant what is missing, all or none."""
    permissions, inputs = controller.permissions, secrets.inputs()
    plan = permissions.plan_grant(settings, inputs)
    if not plan.changes:
        return Result(Exit.DONE, _NOTHING, {"changes": [], "entries": []})
    entries = permissions.entries(plan, inputs)
    text = lines(Text("Will be granted:"), *_lines(entries))
    result = run_plan(controller, plan, secrets, confirm, text=text)
    return replace(result, data={**_data(entries), **result.data})


def revoke(
    controller: Controller,
    settings: Settings,
    secrets: CommandSecrets,
    confirm: Confirm,
) -> Result:
    """Take back what earlier plans granted; other entries are named and left."""
    permissions, inputs = controller.permissions, secrets.inputs()
    revocation = permissions.plan_revoke(settings, inputs)
    plan, others = revocation.plan, revocation.left
    left = {"left": [{"container": e.container, "entry": e.words} for e in others]}
    if not plan.changes:
        head = Text("Nothing that Writeback granted is there.")
        data = {"changes": [], "entries": [], **left}
        return Result(Exit.DONE, lines(head, *_left(others)), data)
    entries = permissions.entries(plan, inputs)
    shown = (*_lines(entries, back=True), *_left(others))
    text = lines(Text("Will be revoked:"), *shown)
    result = run_plan(controller, plan, secrets, confirm, text=text)
    return replace(result, data={**_data(entries), **result.data, **left})


def _lines(entries: Sequence[AccessEntry], *, back: bool = False) -> Iterator[str]:
    for entry in entries:
        yield entry.right
        yield f"  {say(Text('on')):<12}{entry.container}"
        yield f"  SDDL        {entry.sddl}"
        # dsacls can't take one entry back, only all of an account
        if back:
            yield f"  PowerShell  {entry.take_back}"
        else:
            yield f"  dsacls      {entry.dsacls}"


def _left(left: Sequence[ForeignEntry]) -> Iterator[str]:
    if left:
        yield Text("Left, as Writeback did not add it:")
    for each in left:
        text = Text("{entry}, on {place}", entry=each.words, place=each.container)
        yield f"  {say(text)}"


def _data(entries: Sequence[AccessEntry]) -> dict[str, Any]:
    return {"entries": [asdict(entry) for entry in entries]}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = str(error.strerror)
        what = Text("{file} can't be written: {why}.", file=str(file), why=why)
        raise BadUsage(what, Text("Name another file.")) from error


def _plan(invocation: Invocation) -> Result:
    controller, file = invocation.controller, invocation.arguments.hand_over
    return inspect_directory(invocation, partial(plan, controller, file=file))


def _change(change: Callable[..., Result], invocation: Invocation) -> Result:
    controller = invocation.controller
    return change(controller, *invocation.with_account(), invocation.confirm)


PLAN = Command(
    "plan",
    Text("show the permissions that are missing, entry by entry"),
    (
        SETTINGS,
        SECRETS,
        Argument("--hand-over", type=Path, metavar="FILE", help="for another team"),
    ),
    _plan,
    reads=True,
)
GRANT = Command(
    "grant",
    Text("grant what is missing; an administrator is used once"),
    (SETTINGS, SECRETS, YES),
    partial(_change, grant),
)
REVOKE = Command(
    "revoke",
    Text("revoke what was granted, entry by entry"),
    (SETTINGS, SECRETS, YES),
    partial(_change, revoke),
)
