"""How far a change is can be seen: measured on what is drawn, WCAG 2.2 1.4.11."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QProgressBar
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.theme.contrast import contrast
from tests.unit.wizard.ui.theme.test_palette import SCHEMES, of_each_scheme
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import busy_bar


def colours(bar: QProgressBar) -> list[str]:
    """The colours along the middle of a bar, from its left."""
    bar.resize(300, bar.height())
    image = bar.grab().toImage()
    return [image.pixelColor(x, bar.height() // 2).name() for x in range(300)]


@of_each_scheme
@pytest.mark.usefixtures("undressed")
def test_what_is_done_can_be_told_from_what_is_not(qtbot: QtBot, scheme: str) -> None:
    QApplication.setPalette(palette.palette_of(SCHEMES[scheme]))
    bar = busy_bar("Changes")
    qtbot.addWidget(bar)
    bar.setRange(0, 100)
    bar.setValue(40)

    drawn = colours(bar)

    assert contrast(drawn[60], drawn[200]) >= 3


def test_done_begins_where_one_reads_from(qtbot: QtBot) -> None:
    bar = busy_bar("Changes")
    qtbot.addWidget(bar)
    bar.setRange(0, 100)
    bar.setValue(40)
    left = colours(bar)

    bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    assert colours(bar)[240] == left[60]
    assert colours(bar)[60] == left[240]


@of_each_scheme
@pytest.mark.usefixtures("undressed")
def test_what_has_no_end_is_never_drawn_as_done(qtbot: QtBot, scheme: str) -> None:
    QApplication.setPalette(palette.palette_of(SCHEMES[scheme]))
    bar = busy_bar("Reading")
    qtbot.addWidget(bar)

    drawn = colours(bar)

    accent = SCHEMES[scheme].accent
    assert 0 < drawn.count(accent) < 150


def test_what_has_no_end_moves(qtbot: QtBot) -> None:
    bar = busy_bar("Reading")
    qtbot.addWidget(bar)
    with qtbot.waitExposed(bar):
        bar.show()
    before = colours(bar)

    qtbot.waitUntil(lambda: colours(bar) != before)
