"""The Qt application with the wizard's look, and Qt's own texts."""

import sys

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from wizard import translation
from wizard.ui import accessibility
from wizard.ui.jobs.garbage import GarbageCollector
from wizard.ui.theme.icons import window_icon
from wizard.ui.theme.palette import palette_of, scheme


def application() -> QApplication:
    """Give the application, made once, in the system's scheme and language."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        GarbageCollector(app)
    app.setApplicationName("Writeback")
    app.setApplicationDisplayName("Writeback")
    # by which a desktop finds its icon
    app.setDesktopFileName("org.writeback.Wizard")
    app.setWindowIcon(window_icon())
    accessibility.install()
    dress(app)
    speak(app)
    return app


def speak(app: QApplication) -> None:
    """Give the application its language, the direction of it, and Qt's own texts.

    A desktop that sets no variable for gettext, as Windows and macOS, names its
    languages to Qt.
    """
    if not translation.is_asked_for():
        named = (each.replace("-", "_") for each in QLocale.system().uiLanguages())
        translation.use(translation.first_of(named))
    right, left = Qt.LayoutDirection.RightToLeft, Qt.LayoutDirection.LeftToRight
    app.setLayoutDirection(right if translation.is_right_to_left() else left)
    translate_qt(app)


def translate_qt(app: QApplication) -> None:
    """Give Qt's own buttons and menus their language, where Qt comes with it."""
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator(app)
    if translator.load(f"qtbase_{translation.language()}", folder):
        app.installTranslator(translator)


def dress(app: QApplication) -> None:
    """Give the application its style: Windows keeps its own, others get Fusion."""
    if QGuiApplication.platformName() == "windows":
        return
    from wizard.ui.theme.style import Style

    app.setStyle(Style())
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: follow_scheme(app))
    if hasattr(hints, "accessibility"):  # Qt 6.10
        asked = hints.accessibility().contrastPreferenceChanged
        asked.connect(lambda _contrast: follow_scheme(app))
    follow_scheme(app)


def follow_scheme(app: QApplication) -> None:
    """Take the palette of the system's scheme and contrast."""
    hints = app.styleHints()
    dark = hints.colorScheme() == Qt.ColorScheme.Dark
    high = Qt.ContrastPreference.HighContrast if hasattr(hints, "accessibility") else 0
    contrast = bool(high) and hints.accessibility().contrastPreference() == high
    app.setPalette(palette_of(scheme(dark=dark, contrast=contrast)))
