"""Texts on the screen: translated, with plural forms, never built from pieces."""

from importlib.resources import files

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

_CONTEXT = "wizard"


def tr(text: str) -> str:
    """Translate a text of the wizard, its pages and its buttons."""
    return QCoreApplication.translate(_CONTEXT, text)


def tr_n(text: str, count: int) -> str:
    """Translate a text with `%n` in the plural form that fits the count."""
    translated = QCoreApplication.translate(_CONTEXT, text, None, count)
    # Qt writes the digits of %n without anything between the thousands
    return translated if count < 1000 else translated.replace(str(count), number(count))


def number(value: int) -> str:
    """Spell a count with thin spaces between the thousands."""
    return f"{value:,}".replace(",", "\u202f")


def duration(ms: float) -> str:
    """Spell a duration as short as it can be read: 84 ms, 2.1 s."""
    if ms < 1000:
        return tr("{ms} ms").format(ms=round(ms))
    return tr("{seconds} s").format(seconds=f"{ms / 1000:.1f}")


def mnemonics(labels: list[str], taken: str) -> list[str]:
    """Mark one letter of each label with `&`, each once, none that is taken."""
    used = set(taken.lower())
    return [_marked(label, used) for label in labels]


def _marked(label: str, used: set[str]) -> str:
    starts = [i for i in range(len(label)) if i == 0 or label[i - 1] == " "]
    for index in [*starts, *range(len(label))]:
        letter = label[index].lower()
        if letter.isalpha() and letter not in used:
            used.add(letter)
            return f"{label[:index]}&{label[index:]}"
    return label


def speak(app: QCoreApplication) -> None:
    """Give the application its texts in the user's language; English has plurals."""
    folder = str(files("resources") / "translations")
    for name in ("en", QLocale.system().name().partition("_")[0]):
        translator = QTranslator(app)
        if translator.load(f"wizard_{name}", folder):
            app.installTranslator(translator)
