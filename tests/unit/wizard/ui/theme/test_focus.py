"""Where the keyboard is can be seen: measured on what is drawn, WCAG 2.2 2.4.13.

A control is drawn without and with the keyboard. Nearly as many pixels as a line of two
pixels around it has must differ by 3 to 1 or better between the two; the corners are
round, and a ring inside an edge is a little shorter.
"""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QRadioButton,
    QTableWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.theme.contrast import contrast
from tests.unit.wizard.ui.theme.test_palette import SCHEMES, of_each_scheme
from wire.text import Text
from wizard.flow.model import Field, Kind, Option
from wizard.ui.theme import palette
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import Link, button
from wizard.ui.widgets.tables import ReadTable

OPTIONS = (Option("a", Text("First")), Option("b", Text("Second")))
# a control, what of it the ring is around, and what takes the keyboard
Made = tuple[QWidget, Callable[[], QRect], QWidget]


def field(kind: Kind, *, chosen: object = None) -> Made:
    box = FieldBox(Field("x", Text("Question"), kind, options=OPTIONS, maximum=9))
    box.set_value(chosen)
    control = box.editor.focus_widget()
    ringed = control.parentWidget() if kind == "cards" else control
    return box, lambda: _within(ringed, ringed.rect()), control


def push_button(*, filled: bool = False, flat: bool = False) -> Made:
    made = button("Install")
    made.setFlat(flat)
    if filled:
        made.setPalette(palette.accented(QApplication.palette(), destroys=False))
    return made, lambda: _within(made, made.rect()), made


def link() -> Made:
    made = Link("Open the guide", print)
    return made, lambda: _within(made, made.rect()), made


def table_row() -> Made:
    table = ReadTable(["Name", "State"], "Controllers")
    table.setRowCount(3)
    for row in range(3):
        for column, text in enumerate(("dc1", "Passed")):
            table.setItem(row, column, QTableWidgetItem(text))
    table.fit()
    table.selectRow(1)

    def place() -> QRect:
        cells = (table.model().index(1, column) for column in range(2))
        first, last = map(table.visualRect, cells)
        return _within(table.viewport(), first.united(last))

    return table, place, table


def tree_row() -> Made:
    tree = QTreeWidget()
    tree.setHeaderLabels(["Container"])
    tree.addTopLevelItems([QTreeWidgetItem([f"OU {at}"]) for at in range(3)])
    tree.setCurrentIndex(tree.model().index(1, 0))

    def place() -> QRect:
        return _within(tree.viewport(), tree.visualRect(tree.currentIndex()))

    return tree, place, tree


def _within(widget: QWidget, part: QRect) -> QRect:
    return QRect(widget.mapTo(widget.window(), part.topLeft()), part.size())


CONTROLS: dict[str, Callable[[], Made]] = {
    "text": lambda: field("text"),
    "secret": lambda: field("secret"),
    "number": lambda: field("number"),
    "drop-down": lambda: field("pick"),
    "names": lambda: field("names"),
    "list of controllers": lambda: field("controllers"),
    "radio button": lambda: field("choice"),
    "radio button, chosen": lambda: field("choice", chosen="b"),
    "card": lambda: field("cards"),
    "card, chosen": lambda: field("cards", chosen="b"),
    "check box": lambda: field("check"),
    "check box, ticked": lambda: field("check", chosen=True),
    "switch": lambda: field("switch", chosen=True),
    "button": push_button,
    "button that goes on": lambda: push_button(filled=True),
    "flat button": lambda: push_button(flat=True),
    "link": link,
    "row of a table, chosen": table_row,
    "row of a tree, chosen": tree_row,
}


@of_each_scheme
@pytest.mark.parametrize("name", CONTROLS)
def test_ring_is_seen(
    qtbot: QtBot, undressed: QApplication, scheme: str, name: str
) -> None:
    undressed.setPalette(palette.palette_of(SCHEMES[scheme]))
    window = QWidget()
    qtbot.addWidget(window)
    control, place, target = CONTROLS[name]()
    other = button("Other")
    lay = QVBoxLayout(window)
    lay.addWidget(control)
    lay.addWidget(other)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    other.setFocus()
    without = window.grab().toImage()

    target.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(target.hasFocus)
    drawn = window.grab().toImage()

    area = _ringed(target, place())
    around = 2 * 2 * (area.width() + area.height())
    assert told_apart(without, drawn, place()) >= 0.8 * around


def _ringed(target: QWidget, area: QRect) -> QRect:
    """Give what the ring is around: of a tick or radio button, its text."""
    if not isinstance(target, QCheckBox | QRadioButton):
        return area
    if getattr(target, "ring_is_outside", False):
        return area
    shown = Qt.TextFlag.TextShowMnemonic
    size = target.fontMetrics().size(shown, target.text())
    return QRect(area.topLeft(), size)


def told_apart(one: QImage, other: QImage, area: QRect) -> int:
    """Count the pixels of an area that differ by 3 to 1 or better."""
    inside = area.intersected(one.rect())
    pairs = (
        (one.pixelColor(x, y).name(), other.pixelColor(x, y).name())
        for y in range(inside.top(), inside.bottom() + 1)
        for x in range(inside.left(), inside.right() + 1)
    )
    return sum(a != b and contrast(a, b) >= 3 for a, b in pairs)
