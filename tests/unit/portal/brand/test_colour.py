"""A colour of the organization can be read wherever the portal writes in it."""

import re

import pytest

from portal.brand.colour import (
    DARK,
    LEAST,
    LIGHT,
    contrast,
    lightened,
    readable,
    written_on,
)
from portal.brand.section import BrandSection
from portal.templating import STATIC


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # WCAG's examples of what is just not, and just enough
        ("#777777", "#ffffff", 4.478),
        ("#767676", "#ffffff", 4.542),
    ],
)
def test_the_ratio_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(other, one) == contrast(one, other)


def test_what_is_just_not_enough_is_not_shown_as_enough() -> None:
    with pytest.raises(ValueError, match=r"#777777 .* 4\.47:1 on #ffffff, and 4\.5:1"):
        readable("#777777", ["#ffffff"])


@pytest.mark.parametrize(
    "own", ["#0b5cad", "#8a0f2a", "#0a5c36", "#000000", "#5b2d90", "#00008b"]
)
def test_a_lighter_tone_is_read_in_the_dark(own: str) -> None:
    section = BrandSection(accent=own)
    dark = section.dark
    assert dark == lightened(own)
    for tone, backgrounds in ((own, LIGHT), (dark, DARK)):
        assert tone is not None
        assert min(contrast(tone, each) for each in backgrounds) >= LEAST
        assert contrast(tone, written_on(tone)) >= LEAST


def test_a_tone_that_is_read_as_it_is_stays() -> None:
    assert lightened("#8ab8f0") == "#8ab8f0"


def test_the_backgrounds_are_those_of_the_style_sheet() -> None:
    sheet = (STATIC / "portal.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]
    for scheme, backgrounds in ((light, LIGHT), (dark, DARK)):
        names = ("page", "card", "warn-back", "good-back")
        found = [re.search(rf"--{name}: (#\w+);", scheme) for name in names]
        assert tuple(each[1] for each in found if each) == backgrounds
