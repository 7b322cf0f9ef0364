"""What the service said last comes of the event log, and of its own file beside it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.audit.event import EventId
from agent.platform.interface import Level
from agent.platform.windows.files import WindowsFiles
from agent.platform.windows.installation import logged_events
from agent.platform.windows.win32 import Severity
from tests.fixtures.windows.fake_services import FakeServices
from tests.fixtures.windows.fake_win32 import Reported
from wizard.host.windows.last_words import LastWords

REGISTERED: Mapping[str, str | int] = {
    "EventMessageFile": "C:\\x.dll",
    "TypesSupported": 7,
}

SPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


@pytest.fixture
def words(win32: FakeServices, tmp_path: Path) -> LastWords:
    win32.source = REGISTERED
    return LastWords(win32, WindowsFiles(win32), tmp_path / "agent.log")


Tell = Callable[..., None]


@pytest.fixture
def tell(win32: FakeServices) -> Tell:
    """Have an entry in the log, so old."""

    def told(
        message: str,
        *fields: str,
        severity: Severity = Severity.WARNING,
        event: int = 40000,
        ago_s: float = 0,
        source: str = "Writeback",
    ) -> None:
        at = datetime.now(UTC) - timedelta(seconds=ago_s)
        texts = (message, *fields)
        win32.reported.append(Reported(source, severity, event, texts, at))

    return told


def test_a_query_is_bounded_by_source_type_and_time() -> None:
    assert logged_events.query(2.5, trouble=True) == (
        "*[System[Provider[@Name='Writeback'] and (Level=1 or Level=2 or Level=3) and "
        "TimeCreated[timediff(@SystemTime) <= 2500]]]"
    )
    assert "Level" not in logged_events.query(60)


def test_the_newest_are_read_the_oldest_of_them_first(
    win32: FakeServices, tell: Tell
) -> None:
    for number in range(5):
        tell(f"entry {number}", "A=1", event=32002)
    tell("of another program", source="Other")
    found = logged_events.read(win32, 2, 60)
    assert [each.message for each in found] == ["entry 3", "entry 4"]
    assert (found[0].level, found[0].event) == (Level.WARNING, 32002)
    assert found[0].fields == ("A=1",)


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<Event>\x01</Event>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><Event>&b;</Event>",
        f"<Event>{'a' * 300_000}</Event>",
        f"<Event xmlns='{SPACE}'><System><EventID>x</EventID></System></Event>",
    ],
)
def test_an_entry_that_is_none_is_passed_over(
    win32: FakeServices, monkeypatch: pytest.MonkeyPatch, tell: Tell, xml: str
) -> None:
    tell("whole")
    texts = [xml, *win32.newest_events(logged_events.query(60), 1)]
    monkeypatch.setattr(win32, "newest_events", lambda *_: texts)
    assert [each.message for each in logged_events.read(win32, 9, 60)] == ["whole"]


def test_what_others_write_in_our_name_steers_no_screen(
    win32: FakeServices, tell: Tell
) -> None:
    tell("a\u202eb\nc\x85d", "F=\u2066")
    (found,) = logged_events.read(win32, 9, 60)
    assert found.message == "a\\u202eb\nc\\x85d"
    assert found.fields == ("F=\\u2066",)


def test_a_text_is_bounded(win32: FakeServices, tell: Tell) -> None:
    tell("a\n" * 15_000)
    (found,) = logged_events.read(win32, 9, 60)
    assert len(found.message) == 8_000


def test_the_log_is_what_no_request_and_no_wizard_said(
    words: LastWords, tell: Tell, tmp_path: Path
) -> None:
    tell("ok: reset for anna", "WRITEBACK_ID=1", "WRITEBACK_USER=anna")
    tell("OnboardingEventStart: begun", event=int(EventId.ONBOARDING_START))
    tell("ada asks: plan", "LOGGER=wizard.elevation.dispatch")
    tell("the relay is away\n  its trace", "LOGGER=agent.relay_client.listener")
    tell("long ago", ago_s=40 * 86_400)
    (tmp_path / "agent.log").write_text("Fatal Python error\n")
    first, second, last = words.lines(20)
    assert first.endswith("Z warning the relay is away")
    assert (second, last) == ("  its trace", "Fatal Python error")


def test_a_source_that_is_not_registered_is_said_with_what_to_do(
    win32: FakeServices, words: LastWords, tell: Tell
) -> None:
    tell("the relay is away")
    win32.source = None
    first, second = words.lines(20)
    assert first == (
        "The source Writeback is not registered in the event log. "
        "Install the package again."
    )
    assert second.endswith("the relay is away")


def test_a_log_that_can_not_be_read_is_said_and_the_file_is_there(
    win32: FakeServices, words: LastWords, tmp_path: Path
) -> None:
    win32.log_refused = OSError(0, "The event log service is not running")
    (tmp_path / "agent.log").write_text("no such relay\n")
    assert list(words.lines(20)) == [
        "the event log can't be read: The event log service is not running",
        "no such relay",
    ]
    assert words.of_this_run() == "no such relay"


def test_what_went_wrong_is_of_this_run(words: LastWords, tell: Tell) -> None:
    tell("of a run before", ago_s=120)
    words.begin()
    tell("ConfigurationError: no such relay")
    tell("started", severity=Severity.INFORMATION)
    tell("the service ends: it ended with exit code 2\nno such relay")
    assert words.of_this_run() == (
        "ConfigurationError: no such relay the service ends: it ended with exit code 2"
    )
