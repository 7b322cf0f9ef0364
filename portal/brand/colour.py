"""Colours, held against what they stand on: words must be read on it (WCAG 2.2).

Pure. The backgrounds are those of `static/portal.css`, in both schemes.
"""

import re
from collections.abc import Iterable

LEAST = 4.5  # success criterion 1.4.3, level AA
# of a tone that is chosen here: just enough looks dim on black
_CHOSEN = 6.0
# where words and the frames of buttons stand: page, card, banners
LIGHT = ("#f4f5f7", "#ffffff", "#fff4d6", "#e3f4e7")
DARK = ("#14171a", "#1f2328", "#3a3115", "#17331f")
# what is written on a button of the colour
_WRITTEN = ("#ffffff", "#0d1b2a")
_HEX = re.compile("#[0-9a-f]{6}")
_STEPS = 100
_WHITE = "#ffffff"


def colour(text: str) -> str:
    """Read a colour as CSS writes it in full; ValueError else."""
    read = text.strip().lower()
    if not _HEX.fullmatch(read):
        raise ValueError(f"{text[:20]!r} must be a colour such as #0b5cad")
    return read


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours: 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(own: str, backgrounds: Iterable[str]) -> str:
    """Give a colour that can be read on all of these; ValueError has the number."""
    ratio, worst = min((contrast(own, each), each) for each in backgrounds)
    if ratio < LEAST:
        # rounded down: 4.49 is not enough, and is not shown as 4.5
        shown = int(ratio * 100) / 100
        raise ValueError(
            f"{own} has a contrast of {shown:.2f}:1 on {worst}, and {LEAST}:1 is "
            "needed for people to read it (WCAG 2.2, 1.4.3)"
        )
    return own


def lightened(own: str) -> str:
    """Give the first lighter tone of a colour that is read well in the dark scheme."""
    tones = (_mixed(own, at / _STEPS) for at in range(_STEPS))
    good = (t for t in tones if min(contrast(t, each) for each in DARK) >= _CHOSEN)
    return next(good, _WHITE)


def written_on(own: str) -> str:
    """Give the colour of words on a button of a colour."""
    return max(_WRITTEN, key=lambda each: contrast(own, each))


def _channels(own: str) -> tuple[int, ...]:
    return tuple(int(own[at : at + 2], 16) for at in (1, 3, 5))


def _mixed(own: str, white: float) -> str:
    parts = (round(part + (255 - part) * white) for part in _channels(own))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(own: str) -> float:
    """Give the relative luminance (WCAG 2.2, "relative luminance")."""
    parts = [part / 255 for part in _channels(own)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
