"""Grants alone, planned and applied on a stage that is installed."""

import threading

from agent.config.settings import Settings
from lab.sandbox import Sandbox
from tests.integration.wizard.test_install import admin
from wizard.inputs import Inputs
from wizard.plan.change import Change, Plan

NOTHING = Inputs()


def apply(whole: Sandbox, plan: Plan) -> None:
    stop = threading.Event()
    inputs = admin(whole)
    whole.controller.changes.apply(plan, inputs, lambda _progress: None, stop)


def grant(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    plan = whole.controller.permissions.plan_grant(settings, NOTHING)
    apply(whole, plan)
    return plan.changes


def revoke(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    plan = whole.controller.permissions.plan_revoke(settings, NOTHING).plan
    apply(whole, plan)
    return plan.changes


def revoke_plan(whole: Sandbox, settings: Settings) -> tuple[Change, ...]:
    return whole.controller.permissions.plan_revoke(settings, NOTHING).plan.changes


def names(changes: tuple[Change, ...]) -> list[str]:
    """What is granted or taken back, by the names of a plan."""
    facts = [change.after or change.before for change in changes]
    return [name for one in facts if one for name in one["rights"]]
