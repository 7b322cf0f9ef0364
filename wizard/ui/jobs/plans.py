"""What the chosen task plans and carries out: settings are applied, or all is removed.

Both give jobs for a worker; they read the answers before they start.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from agent.config.settings import Settings
from wizard.flow.conditions import removing
from wizard.flow.conversion import inputs_of
from wizard.plan.change import Change
from wizard.results import Check, Installed, PortalDetails
from wizard.ui.door import Door, Report
from wizard.ui.session import Session


@dataclass(frozen=True)
class Planned:
    """What a task would change.

    Attributes:
        changes: in the order they would be made.
        checks: what is not in order though nothing would be changed.

    """

    changes: tuple[Change, ...]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Ended:
    """What a plan that was carried out came to.

    Attributes:
        installed: what is there now.
        applied: the settings that were applied; None after a removal.
        known: what the portal's side knew of an agent that is removed.

    """

    installed: Installed | None
    applied: Settings | None = None
    known: PortalDetails | None = None


Planning = Callable[[], Planned]
CarryingOut = Callable[[Report, threading.Event], Ended]


def planning(journey: Session) -> Planning:
    """Give the job that says what the task would change.

    Raises:
        SettingsError: an answer is missing or wrong.

    """
    door, answers = journey.door, journey.answers
    inputs, settings = inputs_of(answers), journey.settings
    if removing(answers):
        return lambda: Planned(tuple(door.plan_removal(inputs)))
    looks = answers.get("task") == "repair"

    def plan() -> Planned:
        changes = tuple(door.plan(settings, inputs))
        rows = door.verify(settings) if looks and not changes else ()
        bad = tuple(row for row in rows if row.state in ("failed", "warning"))
        return Planned(changes, bad)

    return plan


def carrying_out(journey: Session) -> CarryingOut:
    """Give the job that makes the changes that were reviewed.

    Raises:
        SettingsError: an answer is missing or wrong.

    """
    door, changes, settings = journey.door, journey.changes, journey.settings
    inputs, installed = inputs_of(journey.answers), journey.installed

    def apply(report: Report, stop: threading.Event) -> Ended:
        door.apply(settings, changes, inputs, report, stop)
        return Ended(door.installed(), settings)

    def remove(report: Report, stop: threading.Event) -> Ended:
        known = known_of(door, installed)  # nobody can say it afterwards
        door.remove(changes, inputs, report, stop)
        return Ended(door.installed(), known=known)

    return remove if removing(journey.answers) else apply


def known_of(door: Door, installed: Installed | None) -> PortalDetails | None:
    """Give what the portal's side knows; of the settings where all else is gone."""
    try:
        return door.hand_over()
    except Exception:  # noqa: BLE001 - it is only told; the removal does not need it
        if installed is None:
            return None
        settings = installed.settings
        url = f"{settings.relay.url}/{settings.agent}"
        return PortalDetails(url, settings.agent, installed.fingerprint, "")
