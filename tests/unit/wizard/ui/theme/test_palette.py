"""Contrast, icons and words."""

from importlib.resources import files
from itertools import product

import pytest

from tests.unit.wizard.ui.theme.contrast import contrast as ratio
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES

SCHEMES = {
    "light": palette.LIGHT,
    "dark": palette.DARK,
    "contrast-light": palette.CONTRAST_LIGHT,
    "contrast-dark": palette.CONTRAST_DARK,
}
of_each_scheme = pytest.mark.parametrize("scheme", SCHEMES)


@of_each_scheme
@pytest.mark.parametrize(
    "name", ["text", "muted", "ok", "failed", "warning", "skipped", "accent", "info"]
)
def test_text_has_contrast_on_every_ground(scheme: str, name: str) -> None:
    inks = SCHEMES[scheme]
    least = 7 if scheme.startswith("contrast") else 4.5
    for ground in (inks.window, inks.base, inks.rail, inks.selection):
        assert ratio(getattr(inks, name), ground) >= least


@of_each_scheme
def test_accent_and_edges_can_be_seen(scheme: str) -> None:
    inks = SCHEMES[scheme]
    assert ratio(inks.on_accent, inks.accent) >= 4.5
    assert ratio(inks.on_accent, inks.failed) >= 4.5
    for ground in (inks.window, inks.base, inks.selection):
        assert ratio(inks.edge, ground) >= 3


@of_each_scheme
def test_ring_can_be_seen_on_every_ground(scheme: str) -> None:
    inks = SCHEMES[scheme]
    for ground in (inks.window, inks.base, inks.rail, inks.selection):
        assert ratio(inks.focus, ground) >= 3


@of_each_scheme
def test_palette_tells_its_scheme(scheme: str) -> None:
    inks = SCHEMES[scheme]
    assert palette.inks(palette.palette_of(inks)) is inks


def test_every_state_has_an_icon_and_a_word() -> None:
    assert set(STATES) == {"ok", "failed", "warning", "skipped", "info"}
    for name, word in STATES.values():
        assert (files("resources") / "icons" / f"{name}.svg").is_file()
        assert word


@pytest.mark.parametrize(("dark", "contrast"), [*product((False, True), repeat=2)])
def test_scheme_is_what_the_system_asks_for(*, dark: bool, contrast: bool) -> None:
    inks = palette.scheme(dark=dark, contrast=contrast)
    assert palette.is_dark(palette.palette_of(inks)) is dark
    assert (ratio(inks.text, inks.window) > 20) is contrast
