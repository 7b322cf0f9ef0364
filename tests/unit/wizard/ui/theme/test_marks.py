"""Marks, tick boxes and radio buttons grow with the letters beside them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QStyle, QWidget
from pytestqt.qtbot import QtBot

from agent.verdict.causes import Cause
from tests.unit.wizard.ui.fake_permissions import verdict_of
from tests.unit.wizard.ui.theme.test_palette import SCHEMES, of_each_scheme
from wire.text import Text
from wizard.flow.model import Field
from wizard.permissions.coverage import PersonVerdict
from wizard.results import Check
from wizard.ui.people.people_model import Column, PeopleModel
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark, icon
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.field_box import FieldBox

Lettered = Callable[[float], None]
METRICS = QStyle.PixelMetric


@pytest.mark.parametrize(
    "metric",
    [
        METRICS.PM_IndicatorWidth,
        METRICS.PM_ExclusiveIndicatorHeight,
        METRICS.PM_SmallIconSize,
        METRICS.PM_ListViewIconSize,
    ],
)
def test_indicators_are_as_high_as_letters(lettered: Lettered, metric: METRICS) -> None:
    lettered(10)
    usual = QApplication.style().pixelMetric(metric)

    lettered(15)

    letters = QFontMetrics(QApplication.font())
    assert usual == 16
    assert QApplication.style().pixelMetric(metric) >= letters.capHeight() + 4


def test_marks_are_as_high_as_letters(qtbot: QtBot, lettered: Lettered) -> None:
    lettered(15)
    mark = Mark("info", "info")
    qtbot.addWidget(mark)

    least = QFontMetrics(QApplication.font()).capHeight() + 4
    assert mark.width() == mark.height() >= least
    assert icon("info", "#000000").availableSizes()[0].height() >= least


@pytest.mark.parametrize("points", [10, 15])
def test_what_is_below_a_mark_begins_where_its_text_does(
    qtbot: QtBot, lettered: Lettered, points: float
) -> None:
    lettered(points)
    rows = CheckRows()
    qtbot.addWidget(rows)
    rows.show_checks((Check("x", Text("Clock"), "warning", Text("41 s behind")),))
    rows.resize(rows.sizeHint())
    qtbot.waitUntil(rows.rows[0].isVisible)

    assert left_of(rows, "Clock") == left_of(rows, "41 s behind")


@pytest.mark.parametrize("points", [10, 15])
def test_help_of_a_tick_box_begins_where_its_text_does(
    qtbot: QtBot, lettered: Lettered, points: float
) -> None:
    lettered(points)
    box = FieldBox(Field("x", Text("Unlock"), "check", help=Text("Clears a lockout")))
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    box.show()

    side = QApplication.style().pixelMetric(METRICS.PM_IndicatorWidth)
    gap = QApplication.style().pixelMetric(METRICS.PM_CheckBoxLabelSpacing)
    assert left_of(box, "Clears a lockout") == side + gap


@of_each_scheme
def test_marks_of_people_have_the_colours_of_their_scheme(
    qtbot: QtBot, undressed: QApplication, scheme: str
) -> None:
    undressed.setPalette(palette.palette_of(SCHEMES[scheme]))
    people = PeopleModel()
    people.take([PersonVerdict("s1", verdict_of(1, Cause.PROTECTED), "Anna", "anna")])
    assert qtbot

    mark = people.at(0, Column.CAUSE, Qt.ItemDataRole.DecorationRole)

    image = mark.pixmap(16).toImage()
    pixels = (image.pixelColor(x, y) for x in range(16) for y in range(16))
    drawn = {each.name() for each in pixels if each.alpha() == 255}
    assert SCHEMES[scheme].failed in drawn


def left_of(widget: QWidget, text: str) -> int:
    """Where a label's letters begin."""
    labels = (e for e in widget.findChildren(QLabel) if e.isVisibleTo(widget))
    (label,) = (each for each in labels if each.text() == text)
    return label.mapTo(widget, QPoint(label.contentsRect().left(), 0)).x()
