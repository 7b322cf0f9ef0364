"""Columns share the room of their table by what is in them."""

import pytest
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from wizard.ui.widgets.columns import ColumnFit, shared
from wizard.ui.widgets.tables import ReadTable


def test_what_is_left_is_shared() -> None:
    assert shared(500, [100, 200], [50, 50], [1, 3]) == [150, 350]


def test_nothing_is_lost_by_rounding() -> None:
    assert sum(shared(101, [10, 10, 10], [5, 5, 5], [1, 1, 1])) == 101


def test_where_there_is_less_the_widest_is_cut() -> None:
    assert shared(300, [80, 300, 90], [40, 60, 40], [1, 1, 1]) == [80, 130, 90]


def test_several_that_are_wide_are_cut_to_one_width() -> None:
    assert shared(300, [60, 300, 200], [40, 60, 40], [1, 1, 1]) == [60, 120, 120]


def test_none_is_cut_below_its_least() -> None:
    assert shared(100, [80, 80, 80], [50, 50, 50], [1, 1, 1]) == [50, 50, 50]


@pytest.fixture
def table(qtbot: QtBot) -> ReadTable:
    made = ReadTable(("Name", "OU"), "People")
    qtbot.addWidget(made)
    made.setRowCount(1)
    for at, text in enumerate(("Anna", "corp.test/People/Geneva")):
        made.setItem(0, at, QTableWidgetItem(text))
    ColumnFit(made, (1, 0))
    made.resize(600, 120)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_where_there_is_no_room_a_spare_column_is_left_out_and_comes_back(
    qtbot: QtBot,
) -> None:
    table = ReadTable(("Name", "Clock", "Answer"), "Controllers")
    qtbot.addWidget(table)
    fit = ColumnFit(table, (1, 1, 1), whole=(1, 2), spare=(1,))
    wide = sum(needs(table, at) for at in range(3))
    table.resize(wide - 10, 120)
    with qtbot.waitExposed(table):
        table.show()

    qtbot.waitUntil(lambda: table.isColumnHidden(1))
    assert not table.horizontalScrollBar().maximum()
    assert not fit.cut

    table.resize(wide + 40, 120)
    qtbot.waitUntil(lambda: not table.isColumnHidden(1))
    assert table.columnWidth(1) >= needs(table, 1)


def needs(table: ReadTable, column: int) -> int:
    return max(
        table.sizeHintForColumn(column),
        table.horizontalHeader().sectionSizeHint(column),
    )


def test_a_column_is_as_wide_as_its_words(qtbot: QtBot, table: ReadTable) -> None:
    qtbot.waitUntil(lambda: table.columnWidth(1) == needs(table, 1))
    assert table.columnWidth(0) + table.columnWidth(1) == table.viewport().width()


def test_columns_follow_the_window(qtbot: QtBot, table: ReadTable) -> None:
    table.resize(needs(table, 0) + needs(table, 1) + 40, 120)

    wide = table.viewport().width()
    qtbot.waitUntil(lambda: table.columnWidth(0) + table.columnWidth(1) == wide)
    assert table.columnWidth(1) == needs(table, 1)
    assert not table.horizontalScrollBar().maximum()
