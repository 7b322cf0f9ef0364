"""Texts on the screen: put into words, with numbers as they are written here."""

from html import escape

from wire.printable import printable, printable_lines
from wire.text import Field, Text
from wizard import translation


def tr(template: str, /, **fields: Field) -> str:
    """Put a text of the window's own into words; its template is a literal."""
    return say(Text(template, many="", **fields))


def say(text: str) -> str:
    """Put a text from elsewhere into words; what is data is made printable."""
    return printable_lines(translation.say(text, number))


def line(name: str) -> str:
    """Give a name from elsewhere, such as a DN, as the one line that it is."""
    return printable(name)


def tip(text: str) -> str:
    """Put a text into a tooltip: Qt takes what looks like HTML for HTML."""
    shown = say(text)
    if "<" not in shown and "&lt;" not in shown:  # as Qt::mightBeRichText looks
        return shown
    return f"<qt>{'<br>'.join(map(escape, shown.splitlines()))}</qt>"


def number(value: int) -> str:
    """Spell a count with thin spaces between the thousands."""
    return f"{value:,}".replace(",", "\u202f")


def duration(ms: float) -> str:
    """Spell a duration as short as it can be read: 84 ms, 2.1 s."""
    if ms < 1000:
        return tr("{ms} ms", ms=round(ms))
    return tr("{seconds} s", seconds=f"{ms / 1000:.1f}")


def without_mnemonic(label: str) -> str:
    """Give a label as it is read: `&Next` is Next, `Domains && OUs` has one `&`."""
    return "&".join(part.replace("&", "") for part in label.split("&&"))


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
