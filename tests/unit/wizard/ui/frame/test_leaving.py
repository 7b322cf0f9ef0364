"""The question before one leaves: it has a mark, and is as wide as a sentence."""

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import RECOVERY
from tests.unit.wizard.ui.fake_controller import FakeController


def test_a_question_has_a_mark_and_lines_that_can_be_read(
    qtbot: QtBot, open_window: Open
) -> None:
    window = open_window(FakeController(cut_off=RECOVERY))
    window.reject()
    assert window.question is not None
    qtbot.waitUntil(window.question.isVisible)

    assert not window.question.iconPixmap().isNull()
    text = window.question.informativeText()
    (shown,) = (e for e in window.question.findChildren(QLabel) if e.text() == text)
    letters = shown.fontMetrics().averageCharWidth()
    qtbot.waitUntil(lambda: shown.width() >= 40 * letters)
