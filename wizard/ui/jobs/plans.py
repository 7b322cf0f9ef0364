"""What the chosen task plans and applies: other settings, or a removal.

Both give jobs for a worker; they read the answers before they start.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from agent.config.settings import Settings
from wire.failure import Failure
from wizard.controller.controller import Controller
from wizard.flow.conditions import removing
from wizard.flow.conversion import inputs_of
from wizard.plan.change import Plan, Report
from wizard.results import Check, Installed, PortalDetails
from wizard.ui.session import Session


@dataclass(frozen=True)
class Planned:
    """What a task would change."""

    plan: Plan  # as it is shown, and applied once it is accepted
    # what is not in order though nothing would be changed
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Ended:
    """What a plan that was carried out came to."""

    installed: Installed | None  # what is there now
    # the settings that were applied; None after a removal
    applied: Settings | None = None
    # what the portal's side knew of an agent that is removed
    known: PortalDetails | None = None


Planning = Callable[[], Planned]
CarryingOut = Callable[[Report, threading.Event], Ended]


def planning(session: Session) -> Planning:
    """Give the job that says what the task would change; SettingsError as settings."""
    controller, answers = session.controller, session.answers
    inputs, settings = inputs_of(answers), session.settings
    if removing(answers):
        return lambda: Planned(controller.changes.plan_removal(inputs))
    looks = answers.get("task") == "repair"

    def plan() -> Planned:
        plan = controller.changes.plan(settings, inputs)
        looked = looks and not plan.changes
        rows = controller.installation.verify(settings) if looked else ()
        bad = tuple(row for row in rows if row.state in ("failed", "warning"))
        return Planned(plan, bad)

    return plan


def carrying_out(session: Session) -> CarryingOut:
    """Give the job that applies the plan that was reviewed."""
    controller, plan = session.controller, session.plan
    assert plan is not None
    inputs, installed = inputs_of(session.answers), session.installed

    def apply(report: Report, stop: threading.Event) -> Ended:
        # nobody can say it afterwards
        known = known_of(controller, installed) if plan.removes else None
        controller.changes.apply(plan, inputs, report, stop)
        return Ended(controller.installation.installed(), plan.settings, known)

    return apply


def known_of(
    controller: Controller, installed: Installed | None
) -> PortalDetails | None:
    """Give what the portal's side knows; of the settings where all else is gone."""
    try:
        known = controller.installation.portal_details()
        return replace(known, portal_fingerprint="")  # there is nothing to compare
    except (Failure, OSError):  # it is only told; the removal does not need it
        if installed is None:
            return None
        settings = installed.settings
        url = f"{settings.relay.url}/{settings.agent}"
        return PortalDetails(url, settings.agent, installed.fingerprint, "")
