"""Buttons of a page that is not gone on from: Enter presses them as a space does."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

from wizard.ui.formatting import without_mnemonic

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class EnterButton(QPushButton):
    """Where the keyboard is, Enter is its own and not the window's: it never closes."""

    def __init__(self, text: str, clicked: Callable[[], Any] | None = None) -> None:
        super().__init__(text)
        self.setAutoDefault(False)
        self.name(text)
        if clicked:
            self.clicked.connect(clicked)

    def name(self, text: str) -> None:
        """Give it another text."""
        self.setText(text)
        self.setAccessibleName(without_mnemonic(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.click()
        else:
            super().keyPressEvent(event)
