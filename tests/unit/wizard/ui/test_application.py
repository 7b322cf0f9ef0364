"""The application: the font has the letters of the language."""

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QFont, QFontDatabase
from pytestqt.qtbot import QtBot

from wizard.ui.application import application, scaled, text_size, use_letters

JAPANESE = QFontDatabase.WritingSystem.Japanese


def test_a_sentence_is_in_one_font(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert qtbot
    if not QFontDatabase.families(JAPANESE):
        pytest.skip("no font here has Japanese letters")
    monkeypatch.setenv("LANGUAGE", "en")
    app = application()
    usual = QFont(app.font())
    monkeypatch.setenv("LANGUAGE", "ja")
    use_letters(app)
    first, *others = app.font().families()
    assert JAPANESE in QFontDatabase.writingSystems(first)
    assert app.font().pointSizeF() == usual.pointSizeF()
    assert others or first in usual.families()
    monkeypatch.setenv("LANGUAGE", "en")
    use_letters(app)
    assert app.font().families()[0] != first or others == []
    app.setFont(usual)


@pytest.mark.parametrize(
    ("percent", "taken"), [(100, 100), (150, 150), (9000, 225), (0, 100), ("x", 100)]
)
def test_text_is_as_large_as_windows_says(
    monkeypatch: pytest.MonkeyPatch, percent: object, taken: int
) -> None:
    monkeypatch.setattr(QSettings, "value", lambda *_: percent)
    assert text_size() == taken


def test_a_font_is_larger_by_percent() -> None:
    font = QFont("Any")
    font.setPointSizeF(9)
    assert scaled(font, 150).pointSizeF() == 13.5
    assert font.pointSizeF() == 9
