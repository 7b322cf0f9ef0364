"""Each code that a widget shows is a link to its place in the guide, by keyboard too.

That each code of the program has a place there is in `tests/unit/installer`.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED, TESTED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.walk import go
from wire.outcomes import OUTCOMES, Code
from wizard.health.answers import answer_of
from wizard.health.concerns import Concern
from wizard.ui import guide
from wizard.ui.complete.self_test_panel import TestPanel
from wizard.ui.health.answer_panel import AnswerPanel
from wizard.ui.health.concern_list import ConcernList
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.window import WizardWindow

BAD = [code.value for code in Code if code is not Code.OK]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the guide would be."""
    for name in ("_INSTALLED", "_BUILT"):
        monkeypatch.setattr(guide, name, tmp_path)
    return tmp_path / "en"


@pytest.fixture
def written(folder: Path) -> Path:
    folder.mkdir()
    anchors = (f'<h2 id="{guide.code_anchor(code)}">{code}</h2>' for code in BAD)
    (folder / "codes.html").write_text(f"<main>{''.join(anchors)}</main>")
    return folder


def press(links: CodeLinks, code: str) -> None:
    """By the keyboard."""
    QTest.keyClick(links.links[code], Qt.Key.Key_Space)


def test_every_code_of_a_last_answer(qtbot: QtBot) -> None:
    panel = AnswerPanel()
    qtbot.addWidget(panel)
    heard: list[str] = []
    panel.code_wanted.connect(heard.append)
    records = [{"at": NOW.isoformat(), "code": code, "op": "reset"} for code in BAD]
    panel.show_answers([answer_of(each) for each in records], UTC)  # type: ignore[misc]
    panel.show()
    assert panel.codes.isHidden()
    for at, code in enumerate(BAD):
        panel.table.selectRow(at)
        press(panel.codes, code)
    assert heard == BAD


def test_an_answer_that_is_good_or_of_another_version_has_none(qtbot: QtBot) -> None:
    panel = AnswerPanel()
    qtbot.addWidget(panel)
    records = [{"at": NOW.isoformat(), "code": code} for code in ("ok", "newer")]
    panel.show_answers([answer_of(each) for each in records], UTC)  # type: ignore[misc]
    for at in range(2):
        panel.table.selectRow(at)
        assert panel.codes.isHidden()


def test_every_code_of_a_concern(qtbot: QtBot) -> None:
    concerns = ConcernList()
    qtbot.addWidget(concerns)
    heard: list[str] = []
    concerns.code_wanted.connect(heard.append)
    for code in BAD:
        concerns.show_concerns([Concern("refusals", "Many", code=code)], "")
        concerns.show()
        press(concerns.panels[0].codes, code)
    assert heard == BAD


def at_test(qtbot: QtBot, open_window: Open) -> tuple[WizardWindow, TestPanel, Any]:
    fake = FakeController(found=INSTALLED)
    window = open_window(fake)
    window.set_answers({"task": "test"})
    go(qtbot, window, "test")
    window.set_answers({"test.value": "anna@corp.test"})
    return window, window.page("test").test, fake


def test_every_code_of_a_test(qtbot: QtBot, open_window: Open, written: Path) -> None:
    window, panel, fake = at_test(qtbot, open_window)
    for code in BAD:
        fake.result = replace(TESTED, code=code)
        with qtbot.waitSignal(panel.tested):
            panel.test()
        press(panel.codes, code)
        assert window.help_pane.guide.source().fragment() == guide.code_anchor(code)
        assert (written / "codes.html").samefile(
            window.help_pane.guide.source().toLocalFile()
        )
        window.help_pane.shut()


def test_a_test_that_went_well_has_none(qtbot: QtBot, open_window: Open) -> None:
    _, panel, fake = at_test(qtbot, open_window)
    fake.result = replace(TESTED, code="too_young")
    with qtbot.waitSignal(panel.tested):
        panel.test()
    assert panel.codes.isVisible()
    fake.result = TESTED
    with qtbot.waitSignal(panel.tested):
        panel.test()
    assert panel.codes.isHidden()


def test_without_a_guide_the_outcomes_own_words_are_shown(
    qtbot: QtBot, open_window: Open
) -> None:
    window, panel, fake = at_test(qtbot, open_window)
    fake.result = replace(TESTED, code="too_young")
    with qtbot.waitSignal(panel.tested):
        panel.test()
    press(panel.codes, "too_young")
    pane = window.help_pane
    assert pane.text.isVisible()
    assert str(OUTCOMES[Code.TOO_YOUNG].admin) in pane.text.text()
    assert pane.title.text() == "too_young"
    window.refresh()  # what is shown stays while the page does
    assert pane.title.text() == "too_young"
    pane.shut()
    focused = QApplication.focusWidget()
    assert focused
    QTest.keyClick(focused, Qt.Key.Key_F1)
    assert pane.title.text() == "Test a reset"
