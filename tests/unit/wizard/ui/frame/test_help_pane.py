"""Help beside the page: opened and shut by F1, over the page where that is narrow."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wizard.ui.window import WizardWindow


@pytest.fixture
def window(qtbot: QtBot, open_window: Open, fake: FakeController) -> WizardWindow:
    window = open_window(fake)
    go(qtbot, window, "mode", "relay")
    return window


def focused() -> QWidget:
    here = QApplication.focusWidget()
    assert here
    return here


def press(key: Qt.Key) -> None:
    QTest.keyClick(focused(), key)


@pytest.mark.parametrize("shut", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_f1_opens_it_and_the_keyboard_comes_back(
    window: WizardWindow, shut: Qt.Key
) -> None:
    before = focused()
    press(Qt.Key.Key_F1)
    assert window.help_pane.isVisible()
    assert "fingerprint of your portal's key" in window.help_pane.text.text()
    assert window.help_pane.isAncestorOf(focused())
    press(shut)
    assert not window.help_pane.isVisible()
    assert QApplication.focusWidget() is before
    assert window.question is None


def test_it_follows_the_page(qtbot: QtBot, window: WizardWindow) -> None:
    window.button("help").click()
    window.back()
    assert window.help_pane.title.text() == window.shown.title_label.text()


def test_it_stands_beside_the_page_or_over_it(window: WizardWindow) -> None:
    window.button("help").click()
    window.resize(1000, 680)
    QApplication.processEvents()
    assert not window.pages.geometry().intersects(window.help_pane.geometry())
    window.resize(640, 400)
    QApplication.processEvents()
    assert window.help_pane.geometry() == window.pages.geometry()
    met = set[QWidget]()
    for _ in range(12):
        press(Qt.Key.Key_Tab)
        met.add(focused())
    assert not any(window.pages.isAncestorOf(each) for each in met)
