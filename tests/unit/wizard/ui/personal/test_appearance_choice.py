"""The colours are chosen, seen at once, and there at the next start."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.unit.wizard.ui.conftest import Open
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import FakeController
from tests.unit.wizard.ui.heard import Heard
from tests.unit.wizard.ui.theme.contrast import contrast
from wizard.preferences import SCHEME, prefer, preferred
from wizard.ui.application import application
from wizard.ui.personal.appearance_choice import AppearanceChoice
from wizard.ui.theme import palette, scheme
from wizard.ui.theme.scheme import Choice
from wizard.ui.window import WizardWindow

# what each gives where the system asks for nothing
CHOICES = {
    "As the system": ("", palette.LIGHT),
    "Light": ("light", palette.LIGHT),
    "Dark": ("dark", palette.DARK),
    "High contrast": ("contrast", palette.CONTRAST_LIGHT),
}


@pytest.fixture
def app(qtbot: QtBot, own_preferences: Path) -> Iterator[QApplication]:
    assert qtbot
    app = application()
    yield app
    if own_preferences.exists():
        prefer(SCHEME, "")
    scheme.follow(app)


def choose(made: AppearanceChoice, name: str) -> None:
    at = made.box.findText(name)
    assert at >= 0
    made.box.setCurrentIndex(at)
    made.box.activated.emit(at)


@pytest.mark.parametrize("name", CHOICES)
def test_it_is_seen_at_once_and_at_the_next_start(
    qtbot: QtBot, app: QApplication, name: str
) -> None:
    value, inks = CHOICES[name]
    made = AppearanceChoice()
    qtbot.addWidget(made)
    choose(made, "Dark" if name != "Dark" else "Light")

    choose(made, name)

    assert palette.inks(app.palette()) is inks
    assert preferred(SCHEME) == value
    app.setPalette(palette.palette_of(palette.DARK))
    application()  # as at the next start
    assert palette.inks(app.palette()) is inks
    again = AppearanceChoice()
    qtbot.addWidget(again)
    assert again.box.currentText() == name


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("found", [None, INSTALLED], ids=["welcome", "health"])
def test_text_and_ring_can_be_seen_in_what_is_chosen(
    qtbot: QtBot, app: QApplication, open_window: Open, name: str, found: object
) -> None:
    window = open_window(FakeController(found=found))  # type: ignore[arg-type]
    assert isinstance(window, WizardWindow)

    choose(window.shown.own.appearance, name)  # type: ignore[attr-defined]

    drawn = CHOICES[name][1]
    qtbot.waitUntil(lambda: palette.inks(window.palette()) is drawn, timeout=2000)
    for ground in (drawn.window, drawn.base, drawn.rail, drawn.selection):
        assert contrast(drawn.focus, ground) >= 3
        assert contrast(drawn.text, ground) >= (7 if "contrast" in name else 4.5)
    qtbot.waitUntil(lambda: _ground(window) == drawn.window)


def _ground(window: WizardWindow) -> str:
    """The colour of the page beside its content, as it is drawn."""
    return window.shown.grab().toImage().pixelColor(2, 2).name()


def test_the_button_that_goes_on_follows(
    qtbot: QtBot, app: QApplication, open_window: Open
) -> None:
    window = open_window()
    choose(window.shown.own.appearance, "Dark")  # type: ignore[attr-defined]
    QApplication.processEvents()
    drawn = window.button("next").grab().toImage()
    assert contrast(palette.DARK.on_accent, drawn.pixelColor(6, 8).name()) >= 4.5


def test_what_another_version_chose_is_as_if_nothing_was(app: QApplication) -> None:
    for value in ("sepia", "SYSTEM", "0", "dark "):
        prefer(SCHEME, value)
        assert scheme.chosen() is Choice.SYSTEM
        scheme.follow(app)
        assert palette.inks(app.palette()) is palette.LIGHT


@pytest.mark.parametrize(("dark", "contrast"), [*product((False, True), repeat=2)])
def test_what_is_not_chosen_is_as_the_system_has_it(
    *, dark: bool, contrast: bool
) -> None:
    asked = {"dark": dark, "contrast": contrast}
    of = scheme.inks_of
    assert of(Choice.SYSTEM, **asked) is palette.scheme(**asked)
    assert of(Choice.CONTRAST, **asked) is palette.scheme(dark=dark, contrast=True)
    assert of(Choice.LIGHT, **asked) is palette.LIGHT
    assert of(Choice.DARK, **asked) is palette.DARK


def test_what_can_not_be_kept_is_said_and_changes_nothing(
    qtbot: QtBot, app: QApplication, own_preferences: Path, heard: Heard
) -> None:
    own_preferences.parent.mkdir(exist_ok=True)
    own_preferences.write_text("no folder")
    made = AppearanceChoice()
    qtbot.addWidget(made)
    try:
        choose(made, "Dark")
    finally:
        own_preferences.unlink()
    assert "can't be kept" in made.note.text()
    assert heard.any("can't be kept")
    assert palette.inks(app.palette()) is palette.LIGHT


def test_both_choices_are_read_by_their_names(
    app: QApplication, open_window: Open
) -> None:
    window = open_window(FakeController(found=INSTALLED))
    own = window.shown.own  # type: ignore[attr-defined]
    boxes = (own.language.box, own.appearance.box)
    # a screen reader takes the name of a drop-down from its label
    titles = [each for each in own.findChildren(QLabel) if each.buddy()]
    assert [each.text() for each in titles] == ["Language", "Appearance"]
    assert [each.buddy() for each in titles] == [*boxes]
    assert [box.accessibleName() for box in boxes] == ["Language", "Appearance"]
