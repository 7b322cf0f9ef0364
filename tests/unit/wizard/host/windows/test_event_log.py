"""Whether Windows shows what is told is read back, and is a row of the verification."""

import pytest

from agent.audit.event import EventId
from tests.fixtures.windows.fake_services import FakeServices, below
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost
from tests.unit.wizard.host.windows.conftest import PROGRAM
from wizard.controller.controller import Controller
from wizard.controller.event_log import checks
from wizard.host.windows.event_journal import EventLog
from wizard.host.windows.host import WindowsHost
from wizard.plan.change import allow_all

FILE = r"C:\Program Files\Writeback\1.0.0\wbevents.dll"
AS_MADE: dict[str, str | int] = {"EventMessageFile": FILE, "TypesSupported": 7}


@pytest.fixture
def log(win32: FakeServices) -> EventLog:
    win32.source = AS_MADE
    return EventLog(win32, PROGRAM)


def test_one_that_is_as_the_msi_made_it_is_right(
    win32: FakeServices, log: EventLog
) -> None:
    assert log.registration() == ""
    win32.source = AS_MADE | {"EventMessageFile": FILE.upper()}
    assert log.registration() == ""


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "The source Writeback is not registered in the event log."),
        ({}, "The source Writeback is not registered in the event log."),
        ({"EventMessageFile": FILE}, f"It is {FILE} 0, and should be {FILE} 7."),
        (
            AS_MADE | {"EventMessageFile": r"C:\Users\eva\wbevents.dll"},
            rf"It is C:\Users\eva\wbevents.dll 7, and should be {FILE} 7.",
        ),
        (
            AS_MADE | {"TypesSupported": 1},
            f"It is {FILE} 1, and should be {FILE} 7.",
        ),
    ],
)
def test_one_that_differs_is_told(
    win32: FakeServices, log: EventLog, found: dict[str, str | int] | None, said: str
) -> None:
    win32.source = found
    assert log.registration() == said


def test_a_library_that_is_gone_is_told(win32: FakeServices, log: EventLog) -> None:
    win32.gone.add(FILE)
    assert log.registration() == f"{FILE} is not there."


def test_what_windows_refuses_is_told(
    log: EventLog, win32: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: str) -> None:
        raise PermissionError(13, "Access is denied.")

    monkeypatch.setattr(win32, "event_source", refused)
    assert log.registration() == "Windows refused: Access is denied."


def test_it_is_a_row(host: WindowsHost, win32: FakeServices) -> None:
    (row,) = checks(host)
    assert (row.id, row.state) == ("event_log", "failed")
    assert row.remedy == "Install the package again."
    win32.source = AS_MADE
    (row,) = checks(host)
    assert row.state == "ok"


def test_entries_that_were_lost_are_a_row(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    host = FakeHost(tmp_path_factory.mktemp("home"))
    assert checks(host) == ()
    win32 = below(host.places.home)
    win32.source = AS_MADE
    host.events = EventLog(win32, PROGRAM)
    host.status["events_lost"] = 3
    (row,) = checks(host)
    assert row.state == "warning"
    assert row.detail == "It did not take 3 entries of the agent."


def test_verify_has_the_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    host = FakeHost(tmp_path_factory.mktemp("home"))

    def rows() -> list[str]:
        checked = Controller(host, allow_all).installation.verify(SETTINGS)
        return [each.state for each in checked if each.id == "event_log"]

    assert rows() == []
    host.events = EventLog(below(host.places.home), PROGRAM)
    assert rows() == ["failed"]


def test_a_setup_is_told_there(win32: FakeServices, log: EventLog) -> None:
    log.event(EventId.ONBOARDING_ERROR, "no route to host")
    (told,) = win32.reported
    assert (told.source, told.event) == ("Writeback", 32011)
    assert told.texts[0] == "OnBoardingServiceError: no route to host"
