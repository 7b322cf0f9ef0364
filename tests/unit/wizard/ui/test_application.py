"""The application: the font has the letters of the language."""

import pytest
from PySide6.QtGui import QFont, QFontDatabase
from pytestqt.qtbot import QtBot

from wizard.ui.application import application, use_letters

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
