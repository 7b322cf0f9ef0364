"""Pieces of text that act."""

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.heard import Heard
from wizard.ui.widgets.labels import CopyButton


def test_copy_button_copies_and_says_so(qtbot: QtBot, heard: Heard) -> None:
    button = CopyButton("AB CD", "Copy the fingerprint")
    qtbot.addWidget(button)

    button.click()

    assert QGuiApplication.clipboard().text() == "AB CD"
    assert heard.polite == ["Copied"]
