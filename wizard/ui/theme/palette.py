"""Colours, spacing and fonts: one place, light and dark, by QPalette."""

from dataclasses import dataclass

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetrics,
    QGuiApplication,
    QPalette,
)

TIGHT, GROUP, FRAME = 8, 16, 24  # within a group, between groups, to the frame
RAIL, CONTENT = 220, 680
ICON = 16
_USUAL_POINTS = 11.0


@dataclass(frozen=True)
class Inks:
    """The colours of one scheme; each text colour is 4.5 to 1 or better.

    A chosen row keeps the colours of its icons and texts: its ground is tinted, and a
    bar of the accent stands at its left.
    """

    window: str
    base: str
    rail: str
    selection: str
    text: str
    muted: str
    off: str
    line: str
    edge: str
    accent: str
    on_accent: str
    focus: str
    ok: str
    failed: str
    warning: str
    skipped: str
    info: str


LIGHT = Inks(
    window="#f9fafb",
    base="#ffffff",
    rail="#eef1f4",
    selection="#dbe9f8",
    text="#1b1f24",
    muted="#545d68",
    off="#545d68",
    line="#ccd3da",
    edge="#7c8591",
    accent="#0b5cad",
    on_accent="#ffffff",
    focus="#1b1f24",
    ok="#17713a",
    failed="#b3261e",
    warning="#855300",
    skipped="#545d68",
    info="#0b5cad",
)
DARK = Inks(
    window="#1d2024",
    base="#26292e",
    rail="#16181b",
    selection="#1f3b57",
    text="#e7e9ec",
    muted="#a9b1bb",
    off="#a9b1bb",
    line="#434a52",
    edge="#868f9a",
    accent="#7db7f5",
    on_accent="#0c1a29",
    focus="#ffffff",
    ok="#63c98a",
    failed="#ff9a90",
    warning="#e8b95c",
    skipped="#a9b1bb",
    info="#7db7f5",
)
# text of 7 to 1, edges and lines as strong as text
CONTRAST_LIGHT = Inks(
    window="#ffffff",
    base="#ffffff",
    rail="#ffffff",
    selection="#cce2ff",
    text="#000000",
    muted="#000000",
    off="#5f5f5f",
    line="#000000",
    edge="#000000",
    accent="#003e92",
    on_accent="#ffffff",
    focus="#000000",
    ok="#00501c",
    failed="#8a0000",
    warning="#5c3a00",
    skipped="#000000",
    info="#003e92",
)
CONTRAST_DARK = Inks(
    window="#000000",
    base="#000000",
    rail="#000000",
    selection="#00355a",
    text="#ffffff",
    muted="#ffffff",
    off="#a3a3a3",
    line="#ffffff",
    edge="#ffffff",
    accent="#3cd5ff",
    on_accent="#000000",
    focus="#ffff00",
    ok="#7df09a",
    failed="#ffb4ab",
    warning="#ffe14d",
    skipped="#ffffff",
    info="#3cd5ff",
)
_KNOWN = {
    (ink.window, ink.accent): ink
    for ink in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)
}
# by the key of a palette: whatever is drawn asks for its colours
_INKS: dict[int, Inks] = {}
_MOST = 256  # palettes, of which a window has a few


def is_dark(palette: QPalette) -> bool:
    """Tell whether a palette is of a dark scheme."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def inks(palette: QPalette) -> Inks:
    """Give the colours that go with a palette."""
    shared = palette.cacheKey()  # the same as long as no colour is another
    if shared not in _INKS:
        if len(_INKS) > _MOST:
            _INKS.clear()
        _INKS[shared] = _inks(palette)
    return _INKS[shared]


def _inks(palette: QPalette) -> Inks:
    role = QPalette.ColorRole
    key = palette.color(role.Window).name(), palette.color(role.Accent).name()
    return _KNOWN.get(key) or (DARK if is_dark(palette) else LIGHT)


def scheme(*, dark: bool, contrast: bool) -> Inks:
    """Give the colours of what the system asks for."""
    if contrast:
        return CONTRAST_DARK if dark else CONTRAST_LIGHT
    return DARK if dark else LIGHT


def palette_of(ink: Inks) -> QPalette:
    """Make the palette of a scheme for the Fusion style; `inks` finds it by that."""
    _KNOWN[ink.window, ink.accent] = ink
    role = QPalette.ColorRole
    chosen = (ink.selection, ink.text)
    if ink.selection == ink.base:  # a theme of Windows: see `rows` for its rows
        chosen = (ink.accent, ink.on_accent)
    colours = {
        role.Window: ink.window,
        role.WindowText: ink.text,
        role.Base: ink.base,
        role.AlternateBase: ink.rail,
        role.Text: ink.text,
        role.Button: ink.base,
        role.ButtonText: ink.text,
        role.BrightText: ink.failed,
        role.Highlight: chosen[0],
        role.HighlightedText: chosen[1],
        role.Accent: ink.accent,
        role.Link: ink.accent,
        role.ToolTipBase: ink.base,
        role.ToolTipText: ink.text,
        role.PlaceholderText: ink.muted,
        role.Mid: ink.line,
        role.Light: ink.base,
        role.Dark: ink.line,
    }
    palette = QPalette(QColor(ink.base), QColor(ink.window))
    for key, colour in colours.items():
        palette.setColor(key, QColor(colour))
    off = QColor(ink.off)
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, off)
    return palette


def accented(palette: QPalette, *, destroys: bool) -> QPalette:
    """Give the palette of the button that goes on; `destroys`: for good."""
    ink, accented_palette = inks(palette), QPalette(palette)
    ground = ink.failed if destroys else ink.accent
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        accented_palette.setColor(group, QPalette.ColorRole.Button, QColor(ground))
        accented_palette.setColor(
            group, QPalette.ColorRole.ButtonText, QColor(ink.on_accent)
        )
    return accented_palette


def row_height(metrics: QFontMetrics) -> int:
    """Give the height of a row of any table, tree or list, in pixels."""
    return max(28, metrics.lineSpacing() + 10)


def icon_side() -> int:
    """Give the side in pixels of the mark, tick box or radio button beside a text."""
    return round(ICON * text_scale())


def indent() -> int:
    """Give how far in pixels a text stands in that is below a mark's text."""
    return icon_side() + TIGHT


def content_width() -> int:
    """Give how wide in pixels the content of a page is at most."""
    return round(CONTENT * text_scale())


def text_scale() -> float:
    """Give how much larger the system's text is than what the sizes in pixels fit."""
    return max(1.0, QGuiApplication.font().pointSizeF() / _USUAL_POINTS)


def mono() -> QFont:
    """Give the font of DNs, fingerprints, codes and commands."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    if QGuiApplication.platformName() == "windows":
        # Qt gives Courier New, whose lines are too thin to read at this size
        font.setFamilies(["Consolas", font.family()])
    font.setPointSizeF(QGuiApplication.font().pointSizeF())
    return font


def larger(points: float, *, bold: bool = False) -> QFont:
    """Give the system's font, some points larger."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() + points)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font
