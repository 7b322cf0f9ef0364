"""Colours, spacing and fonts: one place, light and dark, by QPalette."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

TIGHT, GROUP, FRAME = 8, 16, 24  # within a group, between groups, to the frame
RAIL, CONTENT = 220, 680
ICON = 16


@dataclass(frozen=True)
class Inks:
    """The colours of one scheme; each text colour is 4.5 to 1 or better."""

    window: str
    base: str
    rail: str
    text: str
    muted: str
    line: str
    edge: str
    accent: str
    on_accent: str
    ok: str
    failed: str
    warning: str
    skipped: str
    info: str


LIGHT = Inks(
    window="#f9fafb",
    base="#ffffff",
    rail="#eef1f4",
    text="#1b1f24",
    muted="#545d68",
    line="#ccd3da",
    edge="#7c8591",
    accent="#0b5cad",
    on_accent="#ffffff",
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
    text="#e7e9ec",
    muted="#a9b1bb",
    line="#434a52",
    edge="#868f9a",
    accent="#7db7f5",
    on_accent="#0c1a29",
    ok="#63c98a",
    failed="#ff9a90",
    warning="#e8b95c",
    skipped="#a9b1bb",
    info="#7db7f5",
)


def is_dark(palette: QPalette) -> bool:
    """Tell whether a palette is of a dark scheme."""
    return palette.color(QPalette.ColorRole.Window).lightness() < 128


def inks(palette: QPalette) -> Inks:
    """Give the colours that go with a palette."""
    return DARK if is_dark(palette) else LIGHT


def palette_of(ink: Inks) -> QPalette:
    """Make the palette of a scheme for the Fusion style."""
    role = QPalette.ColorRole
    colours = {
        role.Window: ink.window,
        role.WindowText: ink.text,
        role.Base: ink.base,
        role.AlternateBase: ink.rail,
        role.Text: ink.text,
        role.Button: ink.base,
        role.ButtonText: ink.text,
        role.BrightText: ink.failed,
        role.Highlight: ink.accent,
        role.HighlightedText: ink.on_accent,
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
    off = QColor(ink.muted)
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


def mono() -> QFont:
    """Give the font of DNs, fingerprints, codes and commands."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(QGuiApplication.font().pointSizeF())
    return font


def larger(points: float, *, bold: bool = False) -> QFont:
    """Give the system's font, some points larger."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(font.pointSizeF() + points)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font
