"""The application in other colours, and as it was again."""

from collections.abc import Iterator

import pytest
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
