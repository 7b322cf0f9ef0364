"""Which colours the window has: as the system asks for, or as a person chose."""

from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from wizard.preferences import SCHEME, preferred
from wizard.ui.theme.palette import Inks, palette_of, scheme


class Choice(StrEnum):
    """What can be chosen; the values are in the preferences file."""

    SYSTEM = ""
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"  # on light or dark, as the system is


_QT = {Choice.LIGHT: Qt.ColorScheme.Light, Choice.DARK: Qt.ColorScheme.Dark}


def chosen() -> Choice:
    """Give what was chosen; of another version's, or none at all, the system's."""
    value = preferred(SCHEME)
    return Choice(value) if value in set(Choice) else Choice.SYSTEM


def is_platforms_own() -> bool:
    """Say whether the platform draws the controls, with its own high contrast."""
    return QGuiApplication.platformName() == "windows"


def follow(app: QApplication) -> None:
    """Take the colours of what is chosen, at once and in every window."""
    hints = app.styleHints()
    if is_platforms_own():
        hints.setColorScheme(_QT.get(chosen(), Qt.ColorScheme.Unknown))
        return
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    inks = inks_of(chosen(), dark=dark, contrast=_asks_contrast(app))
    app.setPalette(palette_of(inks))


def inks_of(choice: Choice, *, dark: bool, contrast: bool) -> Inks:
    """Give the colours of a choice, where the system asks for dark, or contrast."""
    if choice in _QT:
        return scheme(dark=choice is Choice.DARK, contrast=False)
    return scheme(dark=dark, contrast=contrast or choice is Choice.CONTRAST)


def _asks_contrast(app: QApplication) -> bool:
    hints = app.styleHints()
    if not hasattr(hints, "accessibility"):  # before Qt 6.10
        return False
    high = Qt.ContrastPreference.HighContrast
    return bool(hints.accessibility().contrastPreference() == high)
