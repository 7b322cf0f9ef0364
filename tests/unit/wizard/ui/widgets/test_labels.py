"""Pieces of text that act."""

import pytest
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


@pytest.mark.parametrize("points", range(8, 24))
def test_a_phrase_stands_on_one_line_in_the_place_it_likes(
    qtbot: QtBot, points: int
) -> None:
    for words in ("100 in order", "Kerberos", "dc1, dc2 and 31 others", "iiiiii"):
        phrase = label(words, wrap=False)
        qtbot.addWidget(phrase)
        font = phrase.font()
        font.setPointSize(points)
        phrase.setFont(font)

        liked = phrase.sizeHint()

        assert phrase.heightForWidth(liked.width()) < 1.5 * liked.height()
