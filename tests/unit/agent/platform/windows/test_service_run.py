"""A service hears each control once, and no fault of its process is mute."""

import pytest

from agent.platform.windows.event_journal import SOURCE
from agent.platform.windows.service_run import Controls, run
from agent.platform.windows.win32 import Severity
from agent.platform.windows.win32_services import (
    INTERROGATE,
    SPECIFIC,
    STOP,
    ServiceReport,
    ServiceState,
    Session,
)
from tests.fixtures.windows.fake_processes import FakeHost

LOST = "the wait was refused"


@pytest.fixture
def win32() -> FakeHost:
    return FakeHost()


def failing(_: Session) -> None:
    raise OSError(6, LOST)


def test_controls_come_once_in_their_order() -> None:
    woken: list[None] = []
    controls = Controls(lambda: woken.append(None))
    for control in (6, STOP):
        controls.take(control)
    assert controls.given() == [6, STOP]
    assert controls.given() == []
    assert len(woken) == 2


def test_who_asks_how_it_is_wakes_nobody() -> None:
    woken: list[None] = []
    controls = Controls(lambda: woken.append(None))
    controls.take(INTERROGATE)
    assert controls.given() == []
    assert woken == []


def test_one_that_ends_well_leaves_and_tells_nothing(win32: FakeHost) -> None:
    left: list[int] = []
    run(win32.session, lambda _: None, win32, left.append)
    assert left == [0]
    assert win32.reported == []
    assert win32.session.reports == []


def test_a_fault_is_in_the_event_log_before_the_manager_hears_of_it(
    win32: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: list[int] = []
    report = win32.session.report

    def count(told: ServiceReport) -> None:
        before.append(len(win32.reported))
        report(told)

    monkeypatch.setattr(win32.session, "report", count)
    left: list[int] = []
    run(win32.session, failing, win32, left.append)
    (told,) = win32.reported
    assert (told.source, told.severity) == (SOURCE, Severity.ERROR)
    assert LOST in told.texts[0]
    assert before == [1]
    (last,) = win32.session.reports
    ended = (last.state, last.exit_code, last.specific)
    assert ended == (ServiceState.STOPPED, SPECIFIC, 1)
    assert left == [1]


@pytest.mark.parametrize("refused", ["report_event", "report"])
def test_whatever_is_refused_the_process_is_left(
    win32: FakeHost, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(6, "The handle is invalid")

    where = win32 if refused == "report_event" else win32.session
    monkeypatch.setattr(where, refused, refuse)
    left: list[int] = []
    run(win32.session, failing, win32, left.append)
    assert left == [1]
    assert bool(win32.reported) is (refused == "report")


def test_a_process_that_is_told_to_end_is_left_too(win32: FakeHost) -> None:
    def interrupted(_: Session) -> None:
        raise KeyboardInterrupt

    left: list[int] = []
    run(win32.session, interrupted, win32, left.append)
    assert left == [1]
    assert "KeyboardInterrupt" in win32.reported[0].texts[0]
