"""Walking a window as a person at the keyboard would."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.ui.window import WizardWindow


def wait_for(qtbot: QtBot, window: WizardWindow, page: str) -> None:
    qtbot.waitUntil(lambda: window.page_id() == page, timeout=20_000)


def press_enter(qtbot: QtBot, window: WizardWindow) -> None:
    """Presses Enter where the keyboard is: the default button goes on."""
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, Qt.Key.Key_Return)


def go(qtbot: QtBot, window: WizardWindow, *pages: str) -> None:
    """Press Next, or what it is named, once it can be pressed, up to each page."""
    for page in pages:
        qtbot.waitUntil(lambda: window.shown.can_go_on, timeout=20_000)
        window.press_next()
        wait_for(qtbot, window, page)
