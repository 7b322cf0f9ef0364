"""The application in other colours and letters, and as it was again."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.ui.application import application


@pytest.fixture
def undressed(qtbot: QtBot) -> Iterator[QApplication]:
    """Gives the application its own palette back."""
    assert qtbot
    app = application()
    before = app.palette()
    yield app
    app.setPalette(before)


@pytest.fixture
def lettered(undressed: QApplication) -> Iterator[Callable[[float], None]]:
    """Gives the application letters of so many points; what is made then has them."""
    before = undressed.font()

    def take(points: float) -> None:
        font = QFont(before)
        font.setPointSizeF(points)
        undressed.setFont(font)

    yield take
    undressed.setFont(before)
