"""The Qt application with the wizard's look, and Qt's own texts."""

import sys

from PySide6.QtCore import QLibraryInfo, QLocale, QSettings, Qt, QTranslator
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from agent.platform.detect import this_platform
from wizard import translation
from wizard.ui import accessibility
from wizard.ui.jobs.garbage import GarbageCollector
from wizard.ui.theme import scheme
from wizard.ui.theme.icons import window_icon

_LETTERS = {"ja": QFontDatabase.WritingSystem.Japanese}
# of several: those of a desktop, with letters as wide as they need
_LIKED = (
    # Windows has the first on every server; it draws words as Segoe UI does
    *("Yu Gothic UI", "Meiryo UI"),
    *("Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "VL PGothic"),
)
_BEFORE = "writebackLetters"
# by which Windows knows the window and its shortcut to be of one program
SHELL_NAME = "Writeback.Wizard"
# percent: "Text size" in the settings of Windows, which Qt leaves alone
_TEXT_SIZE = r"HKEY_CURRENT_USER\Software\Microsoft\Accessibility"


def application() -> QApplication:
    """Give the application, made once, in the colours and language that are chosen."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        GarbageCollector(app)
    app.setApplicationName("Writeback")
    app.setApplicationDisplayName("Writeback")
    # by which a desktop finds its icon
    app.setDesktopFileName("org.writeback.Wizard")
    # and Windows: the shortcut has the same name
    this_platform().desktop.group_windows(SHELL_NAME)
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
    use_letters(app)
    translate_qt(app)


def use_letters(app: QApplication) -> None:
    """Put a font that has the letters of the language before one that has not.

    Qt takes what is missing from another one: then one sentence is in two fonts, its
    numbers in either, and only a part of a title is bold.
    """
    system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).families()
    wanted = _LETTERS.get(translation.language())
    have = QFontDatabase.writingSystems(system[0]) if wanted and system else []
    before: list[str] = app.property(_BEFORE) or []
    if wanted is None or wanted in have:
        families = []
    else:
        found = QFontDatabase.families(wanted)
        families = [each for each in (*_LIKED, *found) if each in found][:1]
    if families != before:
        font = QFont(app.font())
        font.setFamilies([*families, *system])
        app.setFont(font)
        app.setProperty(_BEFORE, families)


def translate_qt(app: QApplication) -> None:
    """Give Qt's own buttons and menus their language, where Qt comes with it."""
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    translator = QTranslator(app)
    if translator.load(f"qtbase_{translation.language()}", folder):
        app.installTranslator(translator)


def dress(app: QApplication) -> None:
    """Give the application its style, which is one on every system.

    That of Windows takes no colour for a button: the text of the one that goes on
    would be white on white.
    """
    from wizard.ui.theme.style import Style

    app.setStyle(Style())
    hints = app.styleHints()
    hints.colorSchemeChanged.connect(lambda _scheme: scheme.follow(app))
    if hasattr(hints, "accessibility"):  # Qt 6.10
        asked = hints.accessibility().contrastPreferenceChanged
        asked.connect(lambda _contrast: scheme.follow(app))
    scheme.follow(app)
    if scheme.is_windows():
        # For all widgets: the theme has fonts of its own for lists and menus.
        app.setFont(scaled(app.font(), text_size()))


def text_size() -> int:
    """Give how large a person of Windows wants text, in percent, 100 to 225."""
    settings = QSettings(_TEXT_SIZE, QSettings.Format.NativeFormat)
    value = settings.value("TextScaleFactor", 100)
    return min(225, max(100, value)) if isinstance(value, int) else 100


def scaled(font: QFont, percent: int) -> QFont:
    """Give a font larger by so many percent of its size in points."""
    larger = QFont(font)
    larger.setPointSizeF(font.pointSizeF() * percent / 100)
    return larger
