"""Keys and password on the health page: their days stand on a line each."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.unit.wizard.health.staged import KEYS
from wizard.ui.health.part_list import KeyPanel


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_a_day_is_not_broken_while_there_is_room(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    panel = KeyPanel()
    qtbot.addWidget(panel)
    panel.resize(640, 200)
    panel.show_keys(KEYS)
    panel.show()
    days = [each for each in panel.findChildren(QLabel) if "20" in each.text()]

    assert len(days) > 2
    for each in days:
        assert each.height() < 2 * each.fontMetrics().lineSpacing(), each.text()
