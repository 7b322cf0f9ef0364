"""Tab goes by place, through page, bar, footer and rail, and round."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.unit.wizard.answered import EXPRESS
from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wizard.ui.frame.tab_order import following, stops


def test_parts_that_are_made_later_stand_where_they_are_seen(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    column, grid = QVBoxLayout(whole), QGridLayout()
    last, first, right, left = (QLineEdit() for _ in range(4))
    column.addLayout(grid)
    column.addWidget(last)
    grid.addWidget(right, 1, 1)
    grid.addWidget(left, 1, 0)
    column.insertWidget(0, first)
    whole.show()
    order = [first, left, right, last]
    assert list(stops(whole)) == order
    assert following(order, last, 1) is first
    assert following(order, first, -1) is last
    right.setEnabled(False)
    left.hide()
    assert list(stops(whole)) == [first, last]


def test_a_group_is_one_stop_the_one_that_is_chosen(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    group, column = QButtonGroup(whole), QVBoxLayout(whole)
    one, two, three = radios = [QRadioButton(str(at)) for at in range(3)]
    for radio in radios:
        group.addButton(radio)
        column.addWidget(radio)
    whole.show()
    two.setChecked(True)
    assert list(stops(whole)) == [two]
    two.setEnabled(False)
    assert two not in stops(whole)
    two.setEnabled(True)
    with qtbot.waitActive(whole):
        whole.activateWindow()
    two.setFocus()
    three.setChecked(True)  # by the program; Tab goes on from where the keyboard is
    assert list(stops(whole)) == [two, three]
    one.setFocus()
    assert list(stops(whole)) == [one, three]


@pytest.mark.parametrize("chosen", ["express", "custom"])
def test_the_keyboard_begins_at_what_is_chosen(
    qtbot: QtBot, open_window: Open, fake: FakeController, chosen: str
) -> None:
    window = open_window(fake, mode=chosen)
    go(qtbot, window, "mode")
    radios = window.shown.field_boxes["mode"].editor.buttons
    assert radios[chosen].isChecked()
    assert QApplication.focusWidget() is radios[chosen]
    met = round_trip(Qt.Key.Key_Tab)
    assert [each for each in radios.values() if each in met] == [radios[chosen]]


def round_trip(key: Qt.Key) -> list[QWidget]:
    met: list[QWidget] = []
    while len(met) < 60:
        here = QApplication.focusWidget()
        assert here
        if here in met:
            return met
        met.append(here)
        QTest.keyClick(here, key)
    pytest.fail("Tab never comes round")


def test_tab_goes_down_the_page_then_the_footer_then_the_rail(
    qtbot: QtBot, open_window: Open, fake: FakeController
) -> None:
    offered = {path: value for path, value in EXPRESS.items() if path != "mode"}
    window = open_window(fake, **offered)
    go(qtbot, window, "mode", "relay", "directory")
    met = round_trip(Qt.Key.Key_Tab)
    content, footer = window.shown.content, window.footer
    inside = [each for each in met if content.isAncestorOf(each)]
    below = [each for each in met if footer.isAncestorOf(each)]
    tops = [each.mapTo(content, QPoint(0, each.height() // 2)).y() for each in inside]
    assert met[: len(inside)] == inside
    assert tops == sorted(tops)
    assert [each.text() for each in below] == ["&Help", "&Back", "&Next", "&Cancel"]  # type: ignore[attr-defined]
    assert met.index(below[-1]) < met.index(window.rail.list)
    assert len(met) == len(inside) + len(window.bar.buttons) + len(below) + 1
    back = round_trip(Qt.Key.Key_Backtab)
    assert back == [met[-1], *met[-2::-1]] or sorted(map(id, back)) == sorted(
        map(id, met)
    )
