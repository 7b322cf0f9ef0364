"""The colours of a high contrast theme of Windows: the system's, and no other.

Such a theme gives a few colours, each with one that can be read on it: of a window
(COLOR_WINDOW, COLOR_WINDOWTEXT), of what is chosen (COLOR_HIGHLIGHT,
COLOR_HIGHLIGHTTEXT), and of what is off (COLOR_GRAYTEXT). A state is told by its icon
and its word alone.
"""

from PySide6.QtGui import QColor

from agent.platform.desktop import ThemeColours
from wizard.ui.theme.palette import Inks

_READABLE = 4.5  # WCAG 1.4.3
_GROUNDS = ("window", "base", "rail", "selection")
_TEXTS = (
    *("text", "muted", "line", "edge", "focus"),
    *("ok", "warning", "skipped", "info"),
)
_LIT = ("accent", "failed")


def of_theme(colours: ThemeColours) -> Inks:
    """Give the colours of everything that is drawn."""
    ground, text = colours.window, colours.text
    accent, on_accent = colours.chosen, colours.on_chosen
    # it is a ground there, and some themes have one that no line of it is seen by
    if min(contrast(accent, ground), contrast(accent, on_accent)) < _READABLE:
        accent, on_accent = text, ground
    return Inks(
        **dict.fromkeys(_GROUNDS, ground),
        **dict.fromkeys(_TEXTS, text),
        **dict.fromkeys(_LIT, accent),
        on_accent=on_accent,
        off=colours.off,
    )


def contrast(one: str, other: str) -> float:
    """Give how well one colour is seen on the other, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted(map(_luminance, (QColor(one), QColor(other))))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
