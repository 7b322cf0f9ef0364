"""Texts to be read are as large as they are: nothing scrolls that needs not."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wire.text import Text
from wizard.results import Check
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.text_viewer import TextDialog


def rows_with(qtbot: QtBot, lines: int) -> CheckRows:
    rows = CheckRows()
    qtbot.addWidget(rows)
    more = "\n".join(f"CN=dc{at}.corp.test" for at in range(lines))
    rows.show_checks((Check("x", Text("Certificate"), "ok", more=more),))
    rows.resize(600, 400)
    rows.rows[0].opener.setChecked(True)
    rows.show()
    qtbot.waitUntil(rows.rows[0].details.isVisible)
    return rows


@pytest.mark.parametrize("lines", [1, 4, 10])
def test_details_are_as_high_as_their_lines(qtbot: QtBot, lines: int) -> None:
    rows = rows_with(qtbot, lines)
    details = rows.rows[0].details

    qtbot.waitUntil(lambda: details.verticalScrollBar().maximum() == 0)
    assert (
        details.viewport().height() < (lines + 2) * details.fontMetrics().lineSpacing()
    )


def test_of_many_lines_whole_ones_are_seen(qtbot: QtBot) -> None:
    rows = rows_with(qtbot, 40)
    details = rows.rows[0].details

    assert details.verticalScrollBar().maximum() == 40 - 10


def test_a_dialog_shows_lines_whole(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    text = "\n".join(("x" * 80, "y", "z"))
    dialog = TextDialog(parent, "Report", "What was checked.", text, "report.txt")
    qtbot.addWidget(dialog)
    dialog.show()

    edit = dialog.view.text
    qtbot.waitUntil(edit.isVisible)
    assert edit.horizontalScrollBar().maximum() == 0
    assert edit.verticalScrollBar().maximum() == 0
    room = dialog.screen().availableGeometry().size()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()
