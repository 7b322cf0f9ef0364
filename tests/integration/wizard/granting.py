"""Grants alone, planned and applied on a stage that is installed."""

import threading

from agent.config.settings import Settings
from lab.sandbox import Sandbox
from tests.integration.wizard.test_install import admin
from wizard.inputs import Inputs
from wizard.plan.change import Change

NOTHING = Inputs()


def apply(whole: Sandbox, settings: Settings, changes: tuple[Change, ...]) -> None:
    stop = threading.Event()
    inputs = admin(whole)
    whole.controller.apply(settings, changes, inputs, lambda _progress: None, stop)


def grant(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    changes = whole.controller.permissions.plan_grant(settings, NOTHING)
    apply(whole, settings, changes)
    return changes


def revoke(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    changes = whole.controller.permissions.plan_revoke(settings, NOTHING).changes
    apply(whole, settings, changes)
    return changes


def revoke_plan(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    return whole.controller.permissions.plan_revoke(settings, NOTHING).changes


def names(changes: tuple[Change, ...]) -> list[str]:
    """What is granted or taken back, by the names of a plan."""
    facts = [change.after or change.before for change in changes]
    return [name for one in facts if one for name in one["rights"]]
