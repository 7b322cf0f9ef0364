"""Pieces of text that act."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.heard import Heard
from wizard.ui.widgets.labels import CopyButton, label


def test_copy_button_copies_and_says_so(qtbot: QtBot, heard: Heard) -> None:
    button = CopyButton("AB CD", "Copy the fingerprint")
    qtbot.addWidget(button)

    button.click()

    assert QGuiApplication.clipboard().text() == "AB CD"
    assert heard.polite == ["Copied"]


def test_a_paragraph_has_the_height_of_the_width_that_it_may_have(
    qtbot: QtBot,
) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    text = label("as long as a line of the holder, and no longer")
    one_line = text.fontMetrics().horizontalAdvance(text.text())
    text.setMaximumWidth(one_line - 1)
    place = QVBoxLayout(holder)
    place.setContentsMargins(0, 0, 0, 0)
    place.addWidget(text)

    lines = place.totalHeightForWidth(one_line + 20) / text.fontMetrics().height()

    assert lines >= 2
