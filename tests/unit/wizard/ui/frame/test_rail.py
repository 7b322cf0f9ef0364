"""The rail: one stop of Tab, walked by arrows; Enter goes back to what is done."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wizard.ui.window import WizardWindow


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    window = open_window(fake)
    go(qtbot, window, "mode", "relay")
    window.rail.list.setFocus()
    return window


def press(window: WizardWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.rail.list, key)


def spoken(window: WizardWindow) -> str:
    item = window.rail.list.currentItem()
    return str(item.data(Qt.ItemDataRole.AccessibleTextRole))


def test_arrows_walk_it_from_the_page_that_is_shown(window: WizardWindow) -> None:
    total = len(window.rail.steps)
    assert spoken(window) == f"Step 3 of {total}: Connect to the cloud, this page"
    press(window, Qt.Key.Key_Down)
    assert spoken(window) == f"Step 4 of {total}: Directories, ahead"
    press(window, Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert spoken(window) == f"Step 2 of {total}: Express or customize, done"
    assert QApplication.focusWidget() is window.rail.list


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_goes_back_and_never_on(window: WizardWindow, key: Qt.Key) -> None:
    press(window, key)
    press(window, Qt.Key.Key_Down, key)
    assert window.page_id() == "relay"
    press(window, Qt.Key.Key_Up, Qt.Key.Key_Up, key)
    assert window.page_id() == "mode"


def test_tab_leaves_it_at_once(window: WizardWindow) -> None:
    press(window, Qt.Key.Key_Tab)
    assert window.pages.isAncestorOf(QApplication.focusWidget())  # type: ignore[arg-type]
    here = QApplication.focusWidget()
    assert here
    QTest.keyClick(here, Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is window.rail.list


def test_steps_follow_the_route_and_keep_the_place_of_the_keyboard(
    window: WizardWindow,
) -> None:
    steps = window.rail.list
    kept = steps.item(0)
    window.back()
    assert window.page_id() == "mode"
    window.set_answers({"mode": "express"})
    express = [window.rail.steps[at].text for at in range(steps.count())]
    window.set_answers({"mode": "custom"})
    custom = [window.rail.steps[at].text for at in range(steps.count())]
    assert len(express) < len(custom) == len(window.rail.steps)
    assert steps.item(0) is kept
    assert spoken(window).startswith("Step 2 of ")
    shown = [steps.item(at).toolTip() for at in range(steps.count())]
    assert shown == [str(text) for text in custom]
