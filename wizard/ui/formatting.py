"""Texts on the screen: put into words, with numbers as they are written here."""

import re
from html import escape
from string import ascii_uppercase

from wire.printable import places, printable, printable_lines
from wire.text import Field, Text, decimal
from wizard import translation

# LRI, FSI and PDI
_LEFT_TO_RIGHT, _AS_IT_BEGINS, _ENDS = "\u2066", "\u2068", "\u2069"
_NO_ISOLATES = dict.fromkeys(map(ord, (_LEFT_TO_RIGHT, _AS_IT_BEGINS, _ENDS)))
_BEHIND = re.compile(r"\(&\w\)")  # a letter that is no part of the words


class _Words(str):
    """What was put into words here, with the signs of direction that it takes."""

    __slots__ = ()


def tr(template: str, /, **fields: Field) -> str:
    """Put a text of the window's own into words; its template is a literal."""
    bare = {name: _unmarked(field) for name, field in fields.items()}
    return say(Text(template, many="", **bare))


def _unmarked(field: Field) -> Field:
    """Take the signs of direction from words that are put into others: not printable.

    They are put in anew with the whole.
    """
    return to_copy(field) if isinstance(field, _Words) else field


def say(text: str) -> str:
    """Put a text from elsewhere into words; what is data is made printable."""
    if isinstance(text, _Words):
        return text
    if isinstance(text, Text):  # what it holds is printable
        code = translation.language()  # asked once for all that is filled in
        if not translation.is_right_to_left(code):
            return _Words(translation.say(text, code=code))
        return _Words(translation.say(text, _apart, _in_its_own, code))
    return printable_lines(text)


def line(name: str) -> str:
    """Give a name from elsewhere, such as a DN, as the one line that it is."""
    return _Words(_apart(printable(name)))


def to_copy(shown: str) -> str:
    """Give what is shown as it is taken elsewhere, without the signs of direction."""
    return shown.translate(_NO_ISOLATES)


def _apart(data: str) -> str:
    """Keep data in its own direction amid words from right to left (UAX #9).

    A DN, an address, a command runs from left to right as a whole. What another has
    put in holds no such sign: it would not be printable.
    """
    return _between(_LEFT_TO_RIGHT, data)


def _in_its_own(words: str) -> str:
    """Keep a date in the direction that its first letter has."""
    return _between(_AS_IT_BEGINS, words)


def _between(mark: str, text: str) -> str:
    if not text or not translation.is_right_to_left():
        return text
    return "\n".join(f"{mark}{each}{_ENDS}" for each in text.split("\n"))


def tip(text: str) -> str:
    """Put a text into a tooltip: Qt takes what looks like HTML for HTML."""
    shown = say(text)
    if "<" not in shown and "&lt;" not in shown:  # as Qt::mightBeRichText looks
        return shown
    return f"<qt>{'<br>'.join(map(escape, shown.splitlines()))}</qt>"


def duration(ms: float) -> str:
    """Spell a duration as short as it can be read: 84 ms, 2.1 s."""
    if ms < 1000:
        return tr("{ms} ms", ms=round(ms))
    return tr("{seconds} s", seconds=decimal(ms / 1000))


def without_mnemonic(label: str) -> str:
    """Give a label as it is read: `&Next` is Next, `Domains && OUs` has one `&`."""
    bare = _BEHIND.sub("", label)
    return "&".join(part.replace("&", "") for part in bare.split("&&"))


def letters_of(*names: str) -> str:
    """Give the letters that names answer to: `&Next` to n."""
    marked = (name.replace("&&", "").split("&")[1:] for name in names)
    return "".join(part[:1].lower() for parts in marked for part in parts)


def footer_letters() -> str:
    """Give the letters that the buttons below each page answer to, in any language."""
    going = (tr("&Back"), tr("&Next"), tr("Go o&n"))
    return letters_of(*going, tr("&Help"), tr("&Cancel"), tr("&Close"))


def mnemonics(labels: list[str], taken: str) -> list[str]:
    """Mark one letter of each label with `&`, each once, none that is taken."""
    used = set(taken.lower())
    return [_marked(label, used) for label in labels]


def _marked(label: str, used: set[str]) -> str:
    if places(label) > len(label):  # of East Asia
        return _marked_behind(label, used)
    before = f" {_AS_IT_BEGINS}"
    starts = [i for i in range(len(label)) if i == 0 or label[i - 1] in before]
    for index in [*starts, *range(len(label))]:
        letter = label[index].lower()
        if letter.isalpha() and letter not in used:
            used.add(letter)
            return f"{label[:index]}&{label[index:]}"
    return label


def _marked_behind(label: str, used: set[str]) -> str:
    """Mark a label none of whose letters is a key: `名前` is `名前(&A)`."""
    own = [sign for sign in label.upper() if sign in ascii_uppercase]
    for letter in (*own, *ascii_uppercase):
        if letter.lower() not in used:
            used.add(letter.lower())
            words = label.removesuffix("…")
            return f"{words}(&{letter}){label[len(words) :]}"
    return label
