"""Setting up, turning on and off, and removal as the events that alerts know.

They are written by who changes a machine: the agent does not run then, or not yet.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from agent.audit.event import EventId
from agent.config.settings import Settings
from wire.text import Text
from wizard.host.interface import Host
from wizard.plan.change import ApplyError, Plan, StepFailed
from wizard.steps.enrolment import EnrolmentStep


@dataclass(frozen=True)
class Boarding:
    """The events of what a plan comes to: that it begins, is done, or failed."""

    start: EventId
    success: EventId
    failed: tuple[EventId, ...]


ONBOARDING = Boarding(
    EventId.ONBOARDING_START, EventId.ONBOARDING_SUCCESS, (EventId.ONBOARDING_ERROR,)
)
OFFBOARDING = Boarding(
    EventId.OFFBOARDING_START,
    EventId.OFFBOARDING_SUCCESS,
    (EventId.OFFBOARDING_FAIL, EventId.OFFBOARDING_ERROR),
)


def boarding(plan: Plan, in_force: Settings | None) -> Boarding | None:
    """Say whether a plan turns password writeback on, or off; None: neither."""
    was, becomes = _is_on(in_force), _is_on(plan.settings)
    enrols = any(
        change.step == EnrolmentStep.name and change.after is not None
        for change in plan.changes
    )
    if becomes and (enrols or not was):
        return ONBOARDING
    return OFFBOARDING if plan.removes or (was and not becomes) else None


def _is_on(settings: Settings | None) -> bool:
    return settings is not None and settings.features.password_writeback


@contextlib.contextmanager
def told(host: Host, kind: Boarding | None) -> Iterator[None]:
    """Write the events around the changes of a plan."""
    if kind is None:
        yield
        return
    _tell(host, kind.start, Text("begun"))
    try:
        yield
    except ApplyError as error:
        for event in kind.failed:
            _tell(host, event, error.reason)
        raise
    _tell(host, kind.success, Text("done"))


@contextlib.contextmanager
def sign_in_told(host: Host) -> Iterator[None]:
    """Write whether the administrator was let in."""
    try:
        yield
    except StepFailed as error:
        _tell(host, EventId.ADMIN_REFUSED, error.what)
        raise
    _tell(host, EventId.ADMIN_LET_IN, Text("the administrator was accepted"))


def _tell(host: Host, event: EventId, what: Text) -> None:
    if host.events is not None:
        host.events.event(event, what)
