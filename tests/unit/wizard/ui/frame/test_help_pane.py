"""Help beside the page: opened and shut by F1, over the page where that is narrow."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.theme.contrast import contrast
from tests.unit.wizard.ui.walk import go
from wizard.ui import guide
from wizard.ui.window import WizardWindow


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a place for the guide, where nothing is yet."""
    for name in ("_INSTALLED", "_BUILT"):
        monkeypatch.setattr(guide, name, tmp_path)
    return tmp_path / "en/pages"


@pytest.fixture
def pages(places: Path) -> Path:
    """Have a guide that speaks of two pages."""
    places.mkdir(parents=True)
    for name in ("mode", "relay"):
        html = f'<main><h1>About {name}</h1><a href="mode.html">mode</a></main>'
        (places / f"{name}.html").write_text(html)
    return places


@pytest.fixture
def window(
    qtbot: QtBot, open_window: Open, fake: FakeController, places: Path
) -> WizardWindow:
    assert places
    window = open_window(fake)
    go(qtbot, window, "mode", "relay")
    return window


def focused() -> QWidget:
    here = QApplication.focusWidget()
    assert here
    return here


def press(key: Qt.Key) -> None:
    QTest.keyClick(focused(), key)


def test_a_ring_shows_that_the_keyboard_is_in_it(window: WizardWindow) -> None:
    pane = window.help_pane
    press(Qt.Key.Key_F1)
    with_it = pane.grab().toImage()
    pane.close_button.setFocus()
    without = pane.grab().toImage()

    edge = range(8, pane.height() - 8)
    pairs = [
        (with_it.pixelColor(5, y).name(), without.pixelColor(5, y).name()) for y in edge
    ]
    assert all(contrast(*pair) >= 3 for pair in pairs)


@pytest.mark.parametrize("shut", [Qt.Key.Key_F1, Qt.Key.Key_Escape])
def test_f1_opens_it_and_the_keyboard_comes_back(
    window: WizardWindow, shut: Qt.Key
) -> None:
    before = focused()
    press(Qt.Key.Key_F1)
    assert window.help_pane.isVisible()
    assert "fingerprint of your portal's key" in window.help_pane.text.text()
    assert window.help_pane.isAncestorOf(focused())
    press(shut)
    assert not window.help_pane.isVisible()
    assert QApplication.focusWidget() is before
    assert window.question is None


def test_it_stands_beside_the_page_in_a_window_of_the_usual_size(
    qtbot: QtBot, window: WizardWindow
) -> None:
    window.resize(960, 680)
    qtbot.waitUntil(window.rail.isVisible)
    page = window.pages.geometry()

    press(Qt.Key.Key_F1)
    qtbot.waitUntil(lambda: window.pages.geometry() != page)
    assert not window.middle.covered
    assert not window.pages.geometry().intersects(window.help_pane.geometry())
    assert window.folded.isVisible()

    press(Qt.Key.Key_F1)
    assert window.rail.isVisible()


def test_it_shows_the_guide_about_the_page_that_is_shown(
    pages: Path, window: WizardWindow
) -> None:
    assert pages
    pane = window.help_pane
    press(Qt.Key.Key_F1)
    assert "About relay" in pane.guide.toPlainText()
    assert (pane.guide.isVisible(), pane.text.isVisible()) == (True, False)
    assert not pane.back_button.isVisible()
    pane.guide.follow(QUrl("mode.html"))
    assert "About mode" in pane.guide.toPlainText()
    pane.back_button.click()
    assert "About relay" in pane.guide.toPlainText()
    window.back()
    assert "About mode" in pane.guide.toPlainText()
    assert not pane.back_button.isVisible()


def test_a_page_that_the_guide_does_not_know_says_what_it_is_for_itself(
    pages: Path, window: WizardWindow
) -> None:
    (pages / "relay.html").unlink()
    press(Qt.Key.Key_F1)
    assert window.help_pane.text.isVisible()
    assert not window.help_pane.guide.isVisible()
    window.back()
    assert window.help_pane.guide.isVisible()


def test_a_code_leads_to_what_the_guide_says_of_it(
    pages: Path, window: WizardWindow
) -> None:
    text = '<main><h2 id="code-too-young">too young</h2>by its code</main>'
    (pages.parent / "codes.html").write_text(text)
    window.shown.code_wanted.emit("too_young")
    pane = window.help_pane
    assert pane.guide.isVisible()
    assert "by its code" in pane.guide.toPlainText()
    assert pane.guide.source().fragment() == "code-too-young"
    pane.shut()
    press(Qt.Key.Key_F1)
    assert "About relay" in pane.guide.toPlainText()


def test_it_follows_the_page(qtbot: QtBot, window: WizardWindow) -> None:
    window.button("help").click()
    window.back()
    assert window.help_pane.title.text() == window.shown.title_label.text()


def test_it_stands_beside_the_page_or_over_it(window: WizardWindow) -> None:
    window.button("help").click()
    window.resize(1000, 680)
    QApplication.processEvents()
    assert not window.pages.geometry().intersects(window.help_pane.geometry())
    window.resize(640, 400)
    QApplication.processEvents()
    assert window.help_pane.geometry() == window.pages.geometry()
    met = set[QWidget]()
    for _ in range(12):
        press(Qt.Key.Key_Tab)
        met.add(focused())
    assert not any(window.pages.isAncestorOf(each) for each in met)
