"""The language is chosen by its own name, and spoken from the next start on."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from wizard.preferences import LANGUAGE, preferred
from wizard.ui.personal.language_choice import LanguageChoice


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


def choose(qtbot: QtBot, name: str) -> LanguageChoice:
    made = LanguageChoice()
    qtbot.addWidget(made)
    at = made.box.findText(name)
    assert at >= 0
    made.box.setCurrentIndex(at)
    made.box.activated.emit(at)
    return made


def test_a_language_is_kept_and_shown_as_chosen(qtbot: QtBot) -> None:
    made = choose(qtbot, "Deutsch")
    assert preferred(LANGUAGE) == "de"
    assert "next start" in made.note.text()
    again = LanguageChoice()
    qtbot.addWidget(again)
    assert again.box.currentText() == "Deutsch"


def test_the_systems_is_the_first(qtbot: QtBot) -> None:
    choose(qtbot, "Deutsch")
    choose(qtbot, "As the system")
    assert preferred(LANGUAGE) == ""


def test_what_can_not_be_kept_is_said(qtbot: QtBot, folder: Path) -> None:
    (folder / "writeback").write_text("no folder")
    assert "can't be kept" in choose(qtbot, "Deutsch").note.text()
