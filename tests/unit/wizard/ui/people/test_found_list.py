"""The list of the people found: its columns have room for their titles."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.fixtures.cut_text import cut
from wizard.ui.people.found_list import FoundTable


@pytest.fixture
def _large(qtbot: QtBot) -> Iterator[None]:
    before = QGuiApplication.font()
    font = QFont(before)
    font.setPointSizeF(20)
    QApplication.setFont(font)
    yield
    QApplication.setFont(before)


@pytest.mark.usefixtures("_large")
def test_a_long_title_is_whole_in_large_letters(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    table = FoundTable()
    qtbot.addWidget(table)
    table.resize(700, 200)
    table.show()
    assert cut(table) == []
