"""Tables that are read: a row can be chosen in every direction of the language."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from wizard.ui.theme import palette
from wizard.ui.theme.style import Style
from wizard.ui.widgets.tables import ReadTable

_WAYS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)


@pytest.fixture(params=_WAYS, ids=lambda way: way.name)
def table(request: pytest.FixtureRequest, qtbot: QtBot) -> ReadTable:
    made = ReadTable(("Time", "Person"), "Answers")
    qtbot.addWidget(made)
    made.setStyle(Style())
    made.setPalette(palette.palette_of(palette.LIGHT))
    made.setLayoutDirection(request.param)
    made.setRowCount(3)
    for row in range(3):
        for column in range(2):
            made.setItem(row, column, QTableWidgetItem(""))
    made.resize(600, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_a_row_is_chosen(table: ReadTable) -> None:
    table.selectRow(2)
    assert [each.row() for each in table.selectionModel().selectedRows()] == [2]
    assert table.currentRow() == 2


def test_a_row_is_as_high_as_its_words_need(qtbot: QtBot) -> None:
    made = ReadTable(("Allows to", "Below"), "Entries")
    qtbot.addWidget(made)
    made.share_width((1, 1), whole=(0, 1))
    made.wrap()
    made.setRowCount(2)
    words = "require a new password at the next sign-in (write pwdLastSet)"
    for row, first in enumerate(("reset the password", words)):
        for column, text in enumerate((first, "OU=People,DC=corp,DC=test")):
            made.setItem(row, column, QTableWidgetItem(text))
    made.setFixedWidth(340)
    made.fit()
    with qtbot.waitExposed(made):
        made.show()

    line = made.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: made.sizeHintForRow(1) >= made.sizeHintForRow(0) + line)
    qtbot.waitUntil(lambda: made.rowHeight(1) >= made.sizeHintForRow(1))
    assert made.rowHeight(0) == made.verticalHeader().defaultSectionSize()
    bottom = made.visualRect(made.model().index(1, 0)).bottom()
    qtbot.waitUntil(lambda: bottom <= made.viewport().height())


def test_the_bar_of_a_chosen_row_stands_where_it_begins(table: ReadTable) -> None:
    table.selectRow(1)
    table.clearFocus()  # whose ring would lie over it
    cells = [table.visualRect(table.model().index(1, at)) for at in range(2)]
    row = cells[0].united(cells[1])
    picture = table.viewport().grab().toImage()
    begins, ends = row.left() + 1, row.right() - 1
    if table.isRightToLeft():
        begins, ends = ends, begins
    middle = row.center().y()
    assert picture.pixelColor(begins, middle).name() == palette.LIGHT.accent
    assert picture.pixelColor(ends, middle).name() != palette.LIGHT.accent
