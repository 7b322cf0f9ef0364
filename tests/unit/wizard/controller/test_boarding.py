"""Setting up, turning on and off and removal are events, and so is who signs in."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.audit.event import EventId
from agent.config.settings_file import validate
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from wire.text import Text
from wizard.controller.boarding import (
    OFFBOARDING,
    ONBOARDING,
    boarding,
    sign_in_told,
    told,
)
from wizard.host.systemd.event_journal import EventJournal
from wizard.plan.change import ApplyError, Change, Plan, StepFailed

OFF = validate(
    {**SETTINGS.model_dump(mode="json"), "features": {"password_writeback": False}}
)
ENROLS = Change("enrolment", Text("Enrols"), None, {"agent": "x"})
EDITS = Change("settings", Text("Edits"), None, {"text": "x"})
WHY = Text("No route to host.")


@pytest.mark.parametrize(
    ("plan", "in_force", "kind"),
    [
        (Plan(SETTINGS, (ENROLS, EDITS)), None, ONBOARDING),
        (Plan(SETTINGS, (ENROLS, EDITS)), SETTINGS, ONBOARDING),
        (Plan(SETTINGS, (EDITS,)), OFF, ONBOARDING),
        (Plan(SETTINGS, (EDITS,)), SETTINGS, None),
        (Plan(OFF, (EDITS,)), SETTINGS, OFFBOARDING),
        (Plan(OFF, (EDITS,)), OFF, None),
        (Plan(None, (EDITS,)), SETTINGS, OFFBOARDING),
        (Plan(None, (EDITS,)), None, OFFBOARDING),
    ],
)
def test_what_a_plan_comes_to(plan: Plan, in_force: object, kind: object) -> None:
    assert boarding(plan, in_force) is kind  # type: ignore[arg-type]


class Events:
    """What is written, in order."""

    def __init__(self) -> None:
        self.written: list[tuple[EventId, str]] = []

    def event(self, event: EventId, detail: str) -> None:
        self.written.append((event, detail))

    def registration(self) -> None:
        """Nobody is registered here."""


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def host(tmp_path: Path, events: Events) -> FakeHost:
    made = FakeHost(tmp_path)
    made.events = events
    return made


def test_what_is_done_is_told_around_it(host: FakeHost, events: Events) -> None:
    with told(host, ONBOARDING):
        assert [event for event, _ in events.written] == [31004]
    assert [event for event, _ in events.written] == [31004, 31005]


def test_what_failed_is_told_with_why(host: FakeHost, events: Events) -> None:
    with pytest.raises(ApplyError), told(host, OFFBOARDING):
        raise ApplyError(EDITS, WHY, (), ())
    assert events.written[1:] == [(EventId(31014), WHY), (EventId(32013), WHY)]


def test_an_administrator_who_is_refused_is_told(
    host: FakeHost, events: Events
) -> None:
    with sign_in_told(host):
        pass
    with pytest.raises(StepFailed), sign_in_told(host):
        raise StepFailed(WHY, Text("Give the right one."))
    assert [event for event, _ in events.written] == [31017, 32009]


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as opened:
        opened.bind(str(tmp_path / "journal"))
        yield opened


def test_an_event_comes_to_the_journal(
    listening: socket.socket, tmp_path: Path
) -> None:
    EventJournal(tmp_path / "journal").event(EventId.ONBOARDING_ERROR, WHY)
    entry = listening.recv(4096)
    assert b"WRITEBACK_EVENT=32011\n" in entry
    assert b"MESSAGE=OnBoardingServiceError: No route to host.\n" in entry
    EventJournal(tmp_path / "nothing").event(EventId.ONBOARDING_START, WHY)
