"""Each command as a function of what it is given: reads, changes, and what it tells."""

import json
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from agent import settings as settings_file
from agent.secret import Secret
from agent.settings import Settings, SettingsError
from wizard.checks import Check, Inputs
from wizard.commands.given import BadUsage, Given, typed
from wizard.commands.stopping import stopped_by_signal
from wizard.commands.told import (
    LOST,
    Exit,
    Told,
    checks_data,
    checks_text,
    first_line,
    hand_over_text,
    plan_data,
    plan_text,
    say_progress,
    saying,
    status_text,
    stuck_text,
    without_settings,
)
from wizard.controller import Controller
from wizard.plan import ApplyError, Change, StepFailed

Confirm = Callable[[str], bool]
NOT_SET_UP = "Nothing is set up on this machine; give --settings FILE."


def wanted(controller: Controller, file: Path | None) -> Settings:
    """Read the settings given, else those in force.

    Raises:
        SettingsError: with every problem.
        BadUsage: there are none.

    """
    if file is not None:
        return settings_file.load(file)
    found = controller.installed()
    if found is None:
        lost = controller.lost()
        if lost is not None:
            raise BadUsage(f"{lost} is missing.", LOST)
        raise BadUsage("There are no settings.", NOT_SET_UP)
    return found.settings


def show_plan(controller: Controller, settings: Settings, given: Given) -> Told:
    """Say what would change; reads only."""
    changes, _ = _planned(partial(controller.plan, settings), given)
    return Told(Exit.DONE, plan_text(changes), {"changes": plan_data(changes)})


def carry_out(
    controller: Controller, settings: Settings, given: Given, confirm: Confirm
) -> Told:
    """Apply settings: all changes or none."""
    changes, given = _planned(partial(controller.plan, settings), given)
    if not changes:
        return Told(Exit.DONE, plan_text(()), {"changes": []})
    return make(controller, settings, changes, given, confirm)


def _planned(
    plan: Callable[[Inputs], tuple[Change, ...]], given: Given
) -> tuple[tuple[Change, ...], Given]:
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
    given: Given,
    confirm: Confirm,
    *,
    text: str = "",
) -> Told:
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
        return Told(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if any(change.needs_admin for change in changes):
        given = given.with_admin()
        _need_admin(given)
    came: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.apply(settings, changes, given.inputs(), saying(came), stop)
    except ApplyError as error:
        return _failed(error)
    done = f"Done: {_count(changes)} made."
    data: dict[str, Any] = {"changes": plan_data(changes), "told": came}
    if any(change.step == "enrolment" for change in changes):
        known = controller.hand_over()
        done, data["hand_over"] = f"{done}\n{hand_over_text(known)}", asdict(known)
    return Told(Exit.DONE, done, data)


def remove(controller: Controller, given: Given, confirm: Confirm) -> Told:
    """Remove the installation; the directory's side too unless it is kept."""
    changes, given = _planned(controller.plan_removal, given)
    if not changes:
        controller.remove((), given.inputs(), say_progress, threading.Event())
        return Told(Exit.DONE, "There is nothing to remove.", {"changes": []})
    if not confirm(plan_text(changes)):
        return Told(Exit.BAD_USAGE, "Nothing was changed.", {"changes": []})
    if any(change.needs_admin for change in changes):
        given = given.with_admin()
        _need_admin(given)
    came: list[str] = []
    try:
        with stopped_by_signal() as stop:
            controller.remove(changes, given.inputs(), saying(came), stop)
    except ApplyError as error:
        return _failed(error)
    return Told(Exit.DONE, "Removed.", {"changes": plan_data(changes), "told": came})


def _need_admin(given: Given) -> None:
    """Say which of the two is missing, and how it is given."""
    names = ("admin_user", "admin_password")
    missing = [name for name in names if given.get(name) is None]
    if missing:
        raise BadUsage(
            f"This needs an administrator of the domain: {' and '.join(missing)}.",
            "Give both by --secrets-fd; they are used once and not stored.",
        )


def repair(controller: Controller, given: Given, confirm: Confirm) -> Told:
    """Mend what differs from the settings in force, and compare everything again."""
    settings = wanted(controller, None)
    done = carry_out(controller, settings, given, confirm)
    if done.code != Exit.DONE:
        return done
    checked = verify(controller, settings)
    text = f"{done.text}\n{checked.text}"
    return Told(checked.code, text, {**done.data, **checked.data})


def verify(controller: Controller, settings: Settings) -> Told:
    """Compare everything with the settings."""
    rows = (*_cut_off(controller), *controller.verify(settings))
    bad = any(row.state in ("failed", "warning") for row in rows)
    code = Exit.FINDINGS if bad else Exit.DONE
    return Told(code, checks_text(rows), {"checks": checks_data(rows)})


def _cut_off(controller: Controller) -> tuple[Check, ...]:
    """Tell of a run that was cut off: nothing can be applied before it is settled."""
    found = controller.recovery()
    if found is None:
        return ()
    told = f"It was begun {found.started:%Y-%m-%d %H:%M} UTC and cut off."
    remedy = "Run writeback rollback first."
    return (Check("journal", "An earlier run", "failed", told, remedy),)


def roll_back(controller: Controller, given: Given, confirm: Confirm) -> Told:
    """Take back a run that was cut off."""
    found = controller.recovery()
    if found is None:
        return Told(Exit.DONE, "Nothing to roll back.", {"undone": [], "stuck": []})
    begun = "\n".join(f"  {summary}" for summary in found.changes)
    what = "cut off; still to be done" if found.forward else "cut off"
    if not confirm(f"Begun {found.started:%Y-%m-%d %H:%M} UTC and {what}:\n{begun}"):
        return Told(Exit.BAD_USAGE, "Nothing was changed.", {"undone": [], "stuck": []})
    if found.needs_admin:
        given = given.with_admin()
    try:
        rolled = controller.recover(given.inputs(), say_progress)
    except ApplyError as error:
        return _failed(error)
    data = {
        "finished": [change.summary for change in rolled.finished],
        "undone": [change.summary for change in rolled.undone],
        "stuck": [
            {"summary": s.change.summary, "reason": s.reason} for s in rolled.stuck
        ],
    }
    if rolled.stuck:
        text = f"Could not be taken back:\n{stuck_text(rolled.stuck)}"
        return Told(Exit.NOT_CLEAN, text, data)
    if rolled.down:
        text = f"Taken back, but the agent of before is down: {rolled.down}"
        return Told(Exit.NOT_CLEAN, text, {**data, "down": rolled.down})
    if found.forward:
        return Told(Exit.DONE, f"Finished: {_count(rolled.finished)}.", data)
    return Told(Exit.DONE, f"Taken back: {_count(rolled.undone)}.", data)


def status(controller: Controller) -> Told:
    """Answer whether password writeback is on, and how the agent is."""
    if controller.recovery() is not None:
        text = "An earlier run was cut off; run writeback rollback."
        there = _is_installed(controller)
        return Told(Exit.FINDINGS, text, {"installed": there, "cut_off": True})
    found = controller.installed()
    if found is None:
        return without_settings(controller.lost())
    state = found.status
    data = {
        "installed": True,
        "writeback": state.writeback,
        "running": state.running,
        "ready": state.ready,
        "relay": state.relay,
        "directory": state.directory,
        "since": state.since.isoformat() if state.since else None,
        "version": state.version,
        "agent": found.settings.agent,
        "fingerprint": found.fingerprint,
        "drift": list(found.drift),
        "attention": state.attention,
        "summary": first_line(found),
    }
    code = Exit.DONE if state.ready else Exit.FINDINGS
    return Told(code, status_text(found), data)


def _is_installed(controller: Controller) -> bool:
    try:
        return controller.installed() is not None
    except SettingsError:
        return True  # what is cut off is told first


def schema() -> Told:
    """Describe the settings file."""
    described = settings_file.schema()
    return Told(Exit.DONE, json.dumps(described, indent=2), {"schema": described})


def export(settings: Settings) -> Told:
    """Give the settings in force as a file."""
    text = settings_file.dump(settings)
    return Told(
        Exit.DONE, text.rstrip("\n"), {"settings": settings.model_dump(mode="json")}
    )


def test_reset(
    controller: Controller, by: str, value: str, password: Secret | None
) -> Told:
    """Send one request through the relay to the agent and back."""
    result = controller.test_reset(by, value, password)
    hops = "\n".join(f"  {hop:<14}{ms:>8.1f} ms" for hop, ms in result.ms.items())
    text = f"{result.code}: {result.admin}\nThe person reads: {result.message}\n{hops}"
    data = {
        "code": str(result.code),
        "message": result.message,
        "admin": result.admin,
        "answer": result.answer,
        "ms": result.ms,
    }
    return Told(Exit.DONE if result.code == "ok" else Exit.FINDINGS, text, data)


def _failed(error: ApplyError) -> Told:
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
        return Told(Exit.NOT_CLEAN, text, data)
    if error.stuck:
        text = f"{head}\nCould not be taken back:\n{stuck_text(error.stuck)}"
        return Told(Exit.NOT_CLEAN, text, data)
    text = f"{head}\nEverything begun was taken back ({_count(error.undone)})."
    return Told(Exit.ROLLED_BACK, text, data)


def _count(changes: Sequence[Change]) -> str:
    return "1 change" if len(changes) == 1 else f"{len(changes)} changes"


def on_terminal(text: str) -> bool:
    """Show what will be done and ask; nobody to ask is no."""
    print(text, file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise BadUsage("Nobody can be asked here.", "Accept the plan with --yes.")
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    return typed(input).strip().lower() in ("y", "yes")
