"""One event is written and read again, where that can be."""

from collections.abc import Sequence
from functools import partial

import pytest

from agent.platform.windows.installation.event_proof import event_proof
from agent.platform.windows.installation.logged_events import newest_messages
from tests.fixtures.windows.fake_win32 import FakeWin32


def told(win32: FakeWin32) -> list[str]:
    return [each.texts[0] for each in win32.reported]


def test_what_is_found_again_is_proven(win32: FakeWin32) -> None:
    assert event_proof(win32, lambda: told(win32)).state == "ok"
    (entry,) = win32.reported
    assert entry.source == "Writeback"
    assert entry.texts[0].startswith("writeback-agent check: ")


def test_it_is_read_as_windows_has_it(win32: FakeWin32) -> None:
    messages = partial(newest_messages, win32)
    assert event_proof(win32, messages).state == "ok"
    win32.log_refused = OSError(0, "The event log service is not running")
    assert event_proof(win32, messages).state == "warning"


def test_what_comes_late_is_waited_for(win32: FakeWin32) -> None:
    looks: list[float] = []

    def messages() -> Sequence[str]:
        return told(win32) if len(looks) == 3 else ()

    assert event_proof(win32, messages, pause=looks.append).state == "ok"


def test_what_is_not_in_the_log_is_a_fault(win32: FakeWin32) -> None:
    time = iter(range(100))
    found = event_proof(
        win32, lambda: ["another"], lambda: next(time), pause=lambda _: None
    )
    assert found.state == "failed"
    assert next(time) < 10


def test_a_log_that_takes_nothing_is_a_fault(
    win32: FakeWin32, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(13, "Access is denied.")

    monkeypatch.setattr(win32, "report_event", refuse)
    found = event_proof(win32, list)
    assert (found.state, found.detail) == (
        "failed",
        "Windows refused: Access is denied.",
    )


def test_a_log_that_can_not_be_read_is_no_fault(win32: FakeWin32) -> None:
    def refuse() -> Sequence[str]:
        raise OSError(13, "Access is denied.")

    assert event_proof(win32, refuse).state == "warning"
    assert event_proof(win32, None).state == "warning"
    assert len(win32.reported) == 2
