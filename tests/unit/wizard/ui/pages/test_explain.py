"""Troubleshoot: one person, by any name."""

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent.verdict.causes import Cause
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.fake_permissions import (
    verdict_of,
)
from tests.unit.wizard.ui.walk import go
from wire.operation import Operation
from wizard.ui.presenters.verdict import checks_of


@pytest.fixture
def fake() -> FakeController:
    return FakeController(found=INSTALLED)


def troubleshoot(qtbot: QtBot, open_window: Open, fake: FakeController) -> Any:
    window = open_window(fake)
    window.set_answers({"task": "explain"})
    go(qtbot, window, "explain")
    return window.page("explain")


def test_one_person_is_explained_by_pressing_enter(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    QTest.keyClicks(page.field_box.editor.line, "niko@corp.test")
    QTest.keyClick(page.field_box.editor.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))

    assert fake.permissions.calls[-1][3:] == (None, "niko@corp.test")
    rows = page.check_panel.check_rows.checks
    assert [row.state for row in rows] == ["failed"]
    assert rows[0].title.startswith("Reset, change, unlock")
    assert page.who.text().startswith("CN=Person")


@pytest.mark.parametrize("by_hand", [True, False])
def test_another_name_ends_the_question_about_the_first(
    qtbot: QtBot,
    open_window: Open,
    fake: FakeController,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_hand: bool,
) -> None:
    page, go_on = troubleshoot(qtbot, open_window, fake), threading.Event()
    explain = fake.permissions.explain

    def held(*arguments: Any) -> Any:
        explained = explain(*arguments)
        go_on.wait(30)
        return explained

    monkeypatch.setattr(fake.permissions, "explain", held)
    page.set_answers({"explain.user": "niko@corp.test"})
    page.ask()
    qtbot.waitUntil(lambda: bool(fake.permissions.calls))
    if by_hand:
        QTest.keyClicks(page.field_box.editor.line, "x")
    else:
        page.set_answers({"explain.user": "anna@corp.test"})
    assert not page.busy
    go_on.set()
    page.check_panel.worker.close()
    QApplication.processEvents()
    # what was asked about the first is not shown beside the second
    assert not page.check_panel.check_rows.checks
    assert page.who.isHidden()


def test_what_was_told_of_one_person_is_not_shown_beside_another(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    page.set_answers({"explain.user": "niko@corp.test"})
    page.ask()
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))
    page.set_answers({"explain.user": ""})
    assert not page.check_panel.check_rows.checks
    assert page.who.isHidden()


def test_two_entries_that_deny_are_two_rows() -> None:
    others = {Operation.UNLOCK: Cause.DENIED}
    rows = checks_of(verdict_of(1, Cause.DENIED, others))

    assert [row.title for row in rows] == ["Reset, change, must change", "Unlock"]
    assert "lockoutTime" not in rows[0].detail
    assert "lockoutTime" in rows[1].detail


def test_nobody_by_that_name_is_told(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    page = troubleshoot(qtbot, open_window, fake)
    page.set_answers({"explain.user": "nobody"})
    page.ask()
    qtbot.waitUntil(lambda: bool(page.check_panel.check_rows.checks))

    rows = page.check_panel.check_rows.checks
    assert rows[0].detail == "No person has the sAMAccountName or mail 'nobody'."
    page.set_answers({"explain.user": ""})
    page.ask()
    assert page.field_box.wrong.text == "This is needed."
