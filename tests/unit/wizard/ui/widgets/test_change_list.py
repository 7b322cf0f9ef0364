"""Changes on their way, each with its state; of thousands as many as can be read."""

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.fixtures.cut_text import cut
from tests.unit.wizard.ui.accessible_tree import Node
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import change
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.walk import go
from wire.text import verbatim
from wizard.ui.application import application
from wizard.ui.widgets.change_list import MOST, ChangeList, ChangeRow, ListedChange

MANY = 5000


def made(qtbot: QtBot, count: int) -> ChangeList:
    application()  # by which roles are told
    changes = ChangeList()
    qtbot.addWidget(changes)
    changes.show_summaries([f"Writes file {at}" for at in range(count)])
    changes.show()
    rows = min(count, MOST)  # they are made a few an event
    qtbot.waitUntil(lambda: len(changes.findChildren(ChangeRow)) == rows)
    return changes


def progress(at: int, state: str, detail: str = "", summary: str = "") -> Any:
    of = SimpleNamespace(summary=summary or f"Writes file {at}")
    return SimpleNamespace(change=of, index=at, state=state, detail=verbatim(detail))


def drawn(changes: ChangeList) -> list[str]:
    """What is read, in its order."""
    return [node.name for node in Node.of(changes).all(QAccessible.Role.ListItem)]


def test_each_change_of_a_few_is_drawn_with_its_state(qtbot: QtBot) -> None:
    changes = made(qtbot, 3)
    changes.take(progress(0, "doing"))
    changes.take(progress(0, "done", "Made as asked."))
    changes.take(progress(1, "doing"))
    assert drawn(changes) == [
        "Writes file 0: Done. Made as asked.",
        "Writes file 1: Doing.",
        "Writes file 2: Waiting.",
    ]
    assert changes.rows[0].ms is not None
    assert changes.share == 33
    assert changes.sums.isHidden()


def test_states_stand_below_each_other_whatever_they_are(qtbot: QtBot) -> None:
    changes = made(qtbot, 4)
    changes.resize(640, 300)
    changes.take(progress(0, "doing"))
    changes.take(progress(0, "done"))
    changes.take(progress(1, "undone"))
    changes.take(progress(2, "stuck", "somebody renamed it"))

    def places(words: tuple[str, ...]) -> set[int]:
        told = (e for e in changes.findChildren(QLabel) if e.text() in words)
        return {e.mapTo(changes, QPoint(0, 0)).x() for e in told}

    words = ("Done", "Rolled back", "Could not be rolled back", "Waiting")
    qtbot.waitUntil(lambda: len(places(words)) == 1)


def test_of_thousands_no_more_are_drawn_than_can_be_read(qtbot: QtBot) -> None:
    changes = made(qtbot, MANY)
    for at in range(2000):
        changes.take(progress(at, "doing"))
        changes.take(progress(at, "done", "Was there." if at == 7 else ""))
    changes.take(progress(2000, "doing"))
    qtbot.waitUntil(lambda: "Writes file 2000: Doing." in drawn(changes))
    shown = drawn(changes)
    assert len(changes.findChildren(ChangeRow)) == len(shown) == MOST
    assert shown[0] == "Writes file 7: Done. Was there."
    assert shown[1:] == sorted(shown[1:])
    assert changes.sums.text() == (
        "Waiting: 2\u202f999, Doing: 1, Done: 2\u202f000. 16 of 5\u202f000 are shown: "
        "what needs a look, and those being made."
    )
    assert changes.share == 40


def test_what_failed_far_away_stays_in_sight(qtbot: QtBot) -> None:
    changes = made(qtbot, MANY)
    for at in range(100):
        changes.take(progress(at, "stuck", "Somebody changed it."))
    changes.take(progress(4999, "doing"))
    qtbot.waitUntil(lambda: "Writes file 4999: Doing." in drawn(changes))
    stuck = [each for each in drawn(changes) if "Could not be" in each]
    assert len(stuck) == 8
    assert len(drawn(changes)) == MOST


def test_thousands_are_drawn_now_and_then_and_not_at_each_change(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = made(qtbot, MANY)
    counted: list[ListedChange] = []
    monkeypatch.setattr(ChangeRow, "show_change", lambda _, row: counted.append(row))
    for at in range(MANY):
        changes.take(progress(at, "done"))
    assert not counted
    qtbot.waitUntil(lambda: bool(counted))
    assert len(counted) == MOST


def test_of_thousands_it_is_said_how_far_they_are(qtbot: QtBot, heard: Heard) -> None:
    changes = made(qtbot, MANY)
    for at in range(MANY):
        changes.take(progress(at, "done"))
    changes.take(progress(12, "stuck", "No."))
    assert len(heard.polite) == 10
    assert heard.polite[0] == "Change 500 of 5\u202f000: Done."
    assert heard.urgent == ["Writes file 12: Could not be rolled back. No."]


def test_a_plan_that_is_finished_elsewhere_is_found_by_its_words(qtbot: QtBot) -> None:
    changes = made(qtbot, 3)
    changes.take(progress(9, "done", summary="Writes file 1"))
    changes.take(progress(0, "done", summary="Another"))
    assert [row.state for row in changes.rows] == ["waiting", "done", "waiting"]


def test_a_plan_of_thousands_is_carried_out(
    qtbot: QtBot, open_window: Open, fake: FakeController, offered: dict[str, object]
) -> None:
    fake.planned = tuple(change("settings", f"Writes {at}") for at in range(1000))
    fake.fails_at = 700
    fake.hold = "change"
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory", "account", "review")
    qtbot.waitUntil(lambda: bool(window.session.changes))
    go(qtbot, window, "apply")
    page = window.page("apply")
    qtbot.waitUntil(lambda: "Writes 700: Doing." in drawn(page.changes))
    assert len(drawn(page.changes)) == MOST
    fake.go.set()
    qtbot.waitUntil(lambda: window.page_id() == "complete")
    assert page.state.text() == "1\u202f000 changes made."


def test_the_states_stand_below_each_other_in_each_language(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    changes = made(qtbot, 4)
    changes.resize(680, 300)
    for at, state in enumerate(("undone", "failed", "not done", "stuck")):
        changes.take(progress(at, state))
    rows = changes.findChildren(ChangeRow)
    qtbot.waitUntil(lambda: len(rows) == 4 and not cut(changes))
    words = [row._word for row in rows if row.isVisibleTo(changes)]
    assert len({word.mapTo(changes, word.rect().topLeft()).x() for word in words}) == 1
