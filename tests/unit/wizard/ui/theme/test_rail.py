"""Where rail and page have one ground, a line parts them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.theme.contrast import contrast
from tests.unit.wizard.ui.theme.test_palette import SCHEMES
from wizard.ui.frame.folded_rail import FoldedRail
from wizard.ui.frame.rail import Rail
from wizard.ui.theme import palette

LEFT, RIGHT = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight


def dressed(qtbot: QtBot, scheme: str, made: Callable[[], QWidget]) -> QWidget:
    QApplication.setPalette(palette.palette_of(SCHEMES[scheme]))
    rail = made()
    qtbot.addWidget(rail)
    rail.resize(220, 400)
    return rail


@pytest.mark.parametrize(("direction", "edge"), [(RIGHT, 219), (LEFT, 0)])
@pytest.mark.parametrize("scheme", ["contrast-light", "contrast-dark"])
@pytest.mark.usefixtures("undressed")
def test_rail_ends_in_a_line(
    qtbot: QtBot, scheme: str, direction: Qt.LayoutDirection, edge: int
) -> None:
    rail = dressed(qtbot, scheme, Rail)
    rail.setLayoutDirection(direction)

    drawn = rail.grab().toImage()

    for high in (2, 200, 398):
        colour = drawn.pixelColor(edge, high).name()
        assert contrast(colour, SCHEMES[scheme].window) >= 3


@pytest.mark.parametrize("scheme", ["contrast-light", "contrast-dark"])
@pytest.mark.usefixtures("undressed")
def test_folded_rail_ends_in_a_line(qtbot: QtBot, scheme: str) -> None:
    drawn = dressed(qtbot, scheme, FoldedRail).grab().toImage()

    below = drawn.pixelColor(110, drawn.height() - 1).name()
    assert contrast(below, SCHEMES[scheme].window) >= 3
