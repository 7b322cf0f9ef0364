"""Contrast, icons and words."""

from importlib.resources import files

import pytest
from PySide6.QtGui import QColor

from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES


def luminance(name: str) -> float:
    """WCAG 2.2, relative luminance."""
    colour = QColor(name)
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("inks", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    "name", ["text", "muted", "ok", "failed", "warning", "skipped", "accent"]
)
def test_text_has_contrast_on_every_ground(inks: palette.Inks, name: str) -> None:
    for ground in (inks.window, inks.base, inks.rail):
        assert contrast(getattr(inks, name), ground) >= 4.5


@pytest.mark.parametrize("inks", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_the_accent_and_the_edges_can_be_seen(inks: palette.Inks) -> None:
    assert contrast(inks.on_accent, inks.accent) >= 4.5
    assert contrast(inks.edge, inks.base) >= 3
    assert contrast(inks.edge, inks.window) >= 3


@pytest.mark.parametrize("inks", [palette.LIGHT, palette.DARK], ids=["light", "dark"])
def test_the_palette_tells_its_scheme(inks: palette.Inks) -> None:
    assert palette.inks(palette.palette_of(inks)) is inks


def test_every_state_has_an_icon_and_a_word() -> None:
    assert set(STATES) == {"ok", "failed", "warning", "skipped", "info"}
    for name, word in STATES.values():
        assert (files("resources") / "icons" / f"{name}.svg").is_file()
        assert word
