"""Which colours the window has: as the system asks for, or as a person chose."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from agent.platform.detect import this_platform
from wizard.preferences import SCHEME, preferred
from wizard.ui.theme.palette import Inks, palette_of, scheme
from wizard.ui.theme.system_contrast import of_theme


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


def is_windows() -> bool:
    """Say whether the window is one of Windows', whose themes have a high contrast."""
    return QGuiApplication.platformName() == "windows"


def follow(app: QApplication) -> None:
    """Take the colours of what is chosen, at once and in every window."""
    hints = app.styleHints()
    if is_windows():
        # the window's own frame, which the system draws, goes with it
        hints.setColorScheme(_QT.get(chosen(), Qt.ColorScheme.Unknown))
        colours = this_platform().desktop.theme_colours()
        if colours is not None and _asks_contrast(app):
            # whoever turned that on reads these colours, whatever was chosen before
            app.setPalette(palette_of(of_theme(colours)))
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


def be_own_window(window: QWidget) -> None:
    """Give the window of the program what Windows gives no dialog: a place to go.

    It can be minimized and maximized, and takes the colours of another high contrast
    theme while it is open: Qt tells that to windows alone.
    """
    if is_windows():
        window.setWindowFlag(Qt.WindowType.WindowMinMaxButtonsHint)
        window.installEventFilter(_ThemeWatch(window))


class _ThemeWatch(QObject):
    """Sees that the theme of Windows is another."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        app = QApplication.instance()
        if event.type() == QEvent.Type.ThemeChange and isinstance(app, QApplication):
            follow(app)
            app.setFont(QFont(app.font()))  # Qt takes the theme's for lists again
        return False
