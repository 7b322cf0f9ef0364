"""Applies settings or rolls back, and kills itself with SIGKILL on the way.

Reads JSON from standard input: home, settings, admin_user, admin_password, code,
account_password, `plan` ("all", "grant" or "revoke"), and `cut`: "before N" (written
down, not begun), "after N" (done, not written down), "noted N" (that too), or the name
of one of the points within a step; or "undo before N" or "undo after N", for a
roll-back of what was cut off earlier.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from agent.config.settings_file import parse
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.directory import accounts
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan import apply as carrying_out
from wizard.plan import journal
from wizard.plan.change import Begun, Change, Context, Facts, Plan, allow_all
from wizard.plan.journal import Journal
from wizard.plan.step import Step
from wizard.steps import enrolment, grants

# within a step: the act of the step that the process dies instead of, or after
_WITHIN: dict[str, tuple[Any, str]] = {
    "account, before it is added": (accounts, "create"),
    "enrolment, before it is written": (enrolment, "enrolment_of"),
    "grants, before they are written": (grants, "rewrite"),
}
WITHIN = (*_WITHIN, "service, before it is noted")


def main() -> None:
    """Apply, and die on the way."""
    order = json.load(sys.stdin)
    host = SandboxHost(Path(order["home"]))
    inputs = Inputs(
        AdminCredentials(order["admin_user"], Secret(order["admin_password"])),
        account_password=Secret(order["account_password"]) or None,
        enrolment_code=Secret(order["code"]) or None,
    )
    settings, controller = parse(order["settings"]), Controller(host, allow_all)
    if order["cut"].startswith("undo "):
        _arm_undo(order["cut"], host)
        controller.recovery.recover(inputs, lambda _progress: None)
        raise SystemExit("not cut off")
    plan = _planned(order["plan"], controller, settings, inputs)
    _arm(order["cut"], plan.changes, host)
    controller.changes.apply(plan, inputs, lambda _progress: None, threading.Event())
    raise SystemExit("not cut off")


def _planned(
    what: str, controller: Controller, settings: Settings, inputs: Inputs
) -> Plan:
    match what:
        case "grant":
            return controller.permissions.plan_grant(settings, inputs)
        case "revoke":
            return controller.permissions.plan_revoke(settings, inputs).plan
    return controller.changes.plan(settings, inputs)


def _arm(cut: str, changes: tuple[Change, ...], host: SandboxHost) -> None:
    if cut in _WITHIN:
        place, act = _WITHIN[cut]
        assert callable(getattr(place, act))  # or nothing is cut off
        setattr(place, act, _die)
        return
    if cut == "service, before it is noted":
        start = host._start

        def started(lock: int) -> None:
            start(lock)
            _die()

        host._start = started  # type: ignore[method-assign]
        return
    when, _, index = cut.partition(" ")
    if when == "noted":
        _die_when_noted(int(index))
    else:
        _make_fatal(changes[int(index)].step, when)


def _die_when_noted(fatal: int) -> None:
    real = Journal.did

    def did(self: Journal, index: int, made: Facts) -> None:
        real(self, index, made)
        if index == fatal:
            _die()

    Journal.did = did  # type: ignore[method-assign]


def _arm_undo(cut: str, host: SandboxHost) -> None:
    _, when, index = cut.split(" ")
    begun = journal.find_open(host.places.journal)
    assert begun is not None
    _make_fatal(begun.begun()[int(index)].change.step, when)


def _make_fatal(name: str, when: str) -> None:
    real = carrying_out.Run.step

    def step(self: carrying_out.Run, change: Change) -> Step:
        found = real(self, change)
        return _Fatal(found, when) if change.step == name else found  # type: ignore[return-value]

    carrying_out.Run.step = step  # type: ignore[method-assign]


class _Fatal:
    """A step that takes the process with it."""

    def __init__(self, step: Step, when: str) -> None:
        self._step, self._when = step, when

    def apply(self, change: Change, context: Context) -> Facts:
        if self._when == "before":
            _die()
        made = self._step.apply(change, context)
        _die()
        return made

    def undo(self, begun: Begun, context: Context) -> None:
        if self._when == "after":
            self._step.undo(begun, context)
        _die()


def _die(*_arguments: Any, **_named: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
