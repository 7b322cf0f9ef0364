"""The event log has Microsoft's ids and types, and holds nobody up."""

import logging
import threading
from contextlib import closing

import pytest

from agent.audit.event import EventId
from agent.platform.interface import Entry, Level
from agent.platform.windows import event_journal
from agent.platform.windows.event_journal import LOG_ID, EventJournal
from agent.platform.windows.win32 import Severity
from agent.service.journal import Handler, Journal
from tests.fixtures.windows.fake_win32 import FakeWin32

RECORD = {
    "code": "no_permission",
    "op": "reset",
    "detail": "first line",
    "event": 33004,
    "event_name": "ADPermissionsError",
    "user": {"by": "mail", "value": "anna@corp.test"},
}


def test_a_request_is_found_by_microsofts_id(win32: FakeWin32) -> None:
    with closing(Journal(EventJournal(win32))) as journal:
        journal.request(RECORD)
        journal.event(EventId.STARTED, "agent one")
    request, started = win32.reported
    assert (request.source, request.event) == ("Writeback", 33004)
    assert request.severity is Severity.WARNING
    assert request.texts[0] == "no_permission: reset for anna@corp.test; first line"
    assert "WRITEBACK_USER=anna@corp.test" in request.texts[1:]
    assert started.event == int(EventId.STARTED)
    assert started.severity is Severity.INFORMATION


def test_the_type_is_of_the_level(win32: FakeWin32) -> None:
    with closing(Journal(EventJournal(win32))) as journal:
        handler = Handler(journal)
        for level in (logging.ERROR, logging.WARNING, logging.INFO, logging.DEBUG):
            handler.handle(logging.LogRecord("a", level, "f", 1, "said", None, None))
    assert [each.severity for each in win32.reported] == [
        *(Severity.ERROR, Severity.WARNING, Severity.INFORMATION)
    ]
    assert {each.event for each in win32.reported} == {LOG_ID}
    assert LOG_ID not in {int(event) for event in EventId}


def test_a_log_that_blocks_holds_nobody_up_and_the_loss_is_told(
    win32: FakeWin32,
) -> None:
    win32.deaf = threading.Event()
    journal = EventJournal(win32, waiting=2)
    for number in range(10):
        journal.send(Entry(f"entry {number}", Level.INFO, 0, {}))
    win32.deaf.set()
    journal.close()
    texts = [each.texts[0] for each in win32.reported]
    lost = 10 - len([text for text in texts if text.startswith("entry")])
    assert lost >= 7
    told = [text for text in texts if "were lost" in text]
    assert told == [f"{lost} entries were lost: the event log did not take them"]
    assert journal.lost == lost


def test_what_it_refuses_is_counted_and_told_once_it_takes_anything(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = win32.report_event
    full = [OSError(0, "The event log file is full")] * 3

    def refused(*given: object) -> None:
        if full:
            raise full.pop()
        report(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(win32, "report_event", refused)
    with closing(EventJournal(win32)) as journal:
        # the first; then that it was lost, and the second itself
        for name in ("first", "second", "third"):
            journal.send(Entry(name, Level.ERROR, 0, {}))
    assert journal.lost == 2
    told = "2 entries were lost: the event log did not take them"
    assert [each.texts[0] for each in win32.reported] == [told, "third"]


def test_what_was_lost_last_is_told_at_the_end(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = win32.report_event

    def refused(*given: object) -> None:
        if given[3] == ["odd"]:
            raise ValueError("embedded null character")
        report(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(win32, "report_event", refused)
    with closing(EventJournal(win32)) as journal:
        journal.send(Entry("odd", Level.ERROR, 0, {}))
    told = "1 entries were lost: the event log did not take them"
    assert [each.texts[0] for each in win32.reported] == [told]


def test_a_log_that_never_answers_lets_the_process_end(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_journal, "_CLOSING_S", 0.01)
    win32.deaf = threading.Event()
    journal = EventJournal(win32, waiting=1)
    for _ in range(3):
        journal.send(Entry("said", Level.ERROR, 0, {}))
    journal.close()
    assert win32.reported == []
    win32.deaf.set()


def test_an_entry_is_no_longer_than_the_log_takes(win32: FakeWin32) -> None:
    fields = {f"FIELD_{number}": "\N{KEY}" * 40_000 for number in range(40)}
    with closing(EventJournal(win32)) as journal:
        journal.send(Entry("m" * 100_000, Level.ERROR, 0, fields))
        journal.send(Entry("short", Level.ERROR, 0, {"A": "1", "B": "\udc80"}))
    long, short = win32.reported
    sizes = [len(text.encode("utf-16-le")) for text in long.texts]
    assert max(sizes) < 2 * 31_839
    assert sum(sizes) < 61_440
    assert short.texts == ("short", "A=1", r"B=\udc80")


def test_one_that_can_not_be_written_is_not_the_last(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = win32.report_event

    def refused(*given: object) -> None:
        if given[3] == ["odd"]:
            raise ValueError("embedded null character")
        report(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(win32, "report_event", refused)
    with closing(EventJournal(win32)) as journal:
        journal.send(Entry("odd", Level.ERROR, 0, {}))
        journal.send(Entry("next", Level.ERROR, 0, {}))
    assert win32.reported[-1].texts == ("next",)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a\0b", r"a\x00b"),
        ("\x1b[2J\r", r"\x1b[2J\r"),
        ("a\u202eb", r"a\u202eb"),
        # Event Viewer fills a place of the message there, whosever text has it
        ("fe80::1%12, %%3 and 100 %", r"fe80::1\x2512, %\x253 and 100 %"),
        ("first\n  second", "first\n  second"),
        ("grüß \N{KEY}", "grüß \N{KEY}"),
    ],
)
def test_a_text_says_what_is_seen_of_it(
    win32: FakeWin32, said: str, shown: str
) -> None:
    with closing(EventJournal(win32)) as journal:
        journal.send(Entry(said, Level.ERROR, 0, {"A": said}))
    assert win32.reported[0].texts == (shown, f"A={shown}")


def test_what_goes_wrong_is_told_beside_and_nothing_of_a_request(
    win32: FakeWin32,
) -> None:
    said: list[str] = []
    with closing(Journal(EventJournal(win32, beside=said.append))) as journal:
        journal.request(RECORD)
        for level in (logging.WARNING, logging.INFO):
            record = logging.LogRecord("a", level, "f", 1, "no route", None, None)
            Handler(journal).handle(record)
    (line,) = said
    assert line.endswith(" WARNING no route\n")
    assert len(win32.reported) == 3


def test_a_place_beside_that_takes_nothing_is_no_reason_to_fail(
    win32: FakeWin32,
) -> None:
    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    with closing(EventJournal(win32, beside=full)) as journal:
        for _ in range(2):
            journal.send(Entry("message", Level.ERROR, 0, {"LOGGER": "a"}))
    assert len(win32.reported) == 2
