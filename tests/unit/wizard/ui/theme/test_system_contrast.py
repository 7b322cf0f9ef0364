"""High contrast themes of Windows: their own colours, and each can be read."""

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot

from agent.platform.desktop import ThemeColours
from agent.platform.detect import this_platform
from tests.unit.wizard.ui.theme.contrast import contrast as ratio
from wizard.ui.theme import palette, scheme
from wizard.ui.theme.style import Style
from wizard.ui.theme.system_contrast import contrast, of_theme

ROLE = QPalette.ColorRole
# window, its text, what is chosen, its text, what is off
THEMES = {
    # Windows Server 2019 and 2022
    "black": ("#000000", "#ffffff", "#1aebff", "#000000", "#3ff23f"),
    "white": ("#ffffff", "#000000", "#37006e", "#ffffff", "#600000"),
    "number 1": ("#000000", "#ffff00", "#008000", "#ffffff", "#00ff00"),
    "number 2": ("#000000", "#00ff00", "#0000ff", "#ffffff", "#00ffff"),
    # Windows 11 and Server 2025
    "aquatic": ("#202020", "#ffffff", "#8ee3f0", "#263b50", "#a6a6a6"),
    "desert": ("#fffaef", "#3d3d3d", "#903909", "#fff5e3", "#676767"),
    "dusk": ("#2d3236", "#ffffff", "#a1bfde", "#212d3b", "#a6a6a6"),
    "night sky": ("#000000", "#ffffff", "#d6b4fd", "#2b2b2b", "#a6a6a6"),
}
of_each_theme = pytest.mark.parametrize("name", THEMES)


def system(name: str) -> ThemeColours:
    return ThemeColours(*THEMES[name])


@of_each_theme
def test_no_colour_is_one_of_our_own(name: str) -> None:
    inks = of_theme(system(name))
    used = {getattr(inks, each) for each in palette.Inks.__dataclass_fields__}
    assert used <= set(THEMES[name])


@of_each_theme
def test_everything_can_be_read(name: str) -> None:
    inks = of_theme(system(name))
    for each in ("text", "muted", "accent", "failed", "ok", "warning", "focus"):
        assert ratio(getattr(inks, each), inks.window) >= 4.5
    for each in ("accent", "failed"):
        assert ratio(inks.on_accent, getattr(inks, each)) >= 4.5


@of_each_theme
def test_what_is_drawn_finds_them_by_the_palette(name: str) -> None:
    inks = of_theme(system(name))
    assert palette.inks(palette.palette_of(inks)) == inks
    assert palette.inks(palette.palette_of(palette.LIGHT)) is palette.LIGHT


@of_each_theme
def test_what_is_chosen_in_a_field_is_seen(name: str) -> None:
    made = palette.palette_of(of_theme(system(name)))
    ground, text = (
        made.color(each).name() for each in (ROLE.Highlight, ROLE.HighlightedText)
    )
    assert ratio(ground, made.color(ROLE.Base).name()) >= 3
    assert ratio(ground, text) >= 4.5


@pytest.mark.parametrize("name", ["dusk", "white"])
def test_a_chosen_row_can_be_read_and_has_a_frame(qtbot: QtBot, name: str) -> None:
    inks = of_theme(system(name))
    rows = QListWidget()
    qtbot.addWidget(rows)
    rows.setStyle(style := Style())
    rows.setPalette(palette.palette_of(inks))
    rows.addItems(["I" * 40, "second"])
    rows.setCurrentRow(0)
    rows.show()
    area = rows.visualRect(rows.indexFromItem(rows.item(0)))
    image = rows.viewport().grab().toImage()
    inside = area.adjusted(8, 4, -8, -4)
    seen = {
        image.pixelColor(x, y).name()
        for x in range(inside.left(), inside.left() + 60)
        for y in range(inside.top(), inside.bottom())
    }
    assert inks.window in seen
    best = max(ratio(each, inks.window) for each in seen)
    assert best > 0.7 * ratio(inks.text, inks.window)
    edge = image.pixelColor(area.left() + 1, area.center().y()).name()
    assert edge == inks.accent
    assert style


def test_contrast_is_what_the_guidelines_say() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("chosen", ["", "dark", "contrast"])
def test_the_systems_contrast_is_taken_whatever_was_chosen(
    undressed: QApplication, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setattr(scheme, "is_windows", lambda: True)
    monkeypatch.setattr(scheme, "_asks_contrast", lambda _app: True)
    monkeypatch.setattr(scheme, "chosen", lambda: scheme.Choice(chosen))
    desktop = this_platform().desktop
    monkeypatch.setattr(type(desktop), "theme_colours", lambda _self: system("dusk"))
    scheme.follow(undressed)
    assert undressed.palette().color(ROLE.Window).name() == "#2d3236"
    assert palette.inks(undressed.palette()).accent == "#a1bfde"


def test_without_it_the_colours_are_ours(
    undressed: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheme, "is_windows", lambda: True)
    monkeypatch.setattr(scheme, "_asks_contrast", lambda _app: False)
    monkeypatch.setattr(scheme, "chosen", lambda: scheme.Choice.DARK)
    scheme.follow(undressed)
    assert palette.inks(undressed.palette()) is palette.DARK
    undressed.styleHints().unsetColorScheme()
