"""What is wrong with a catalog: each text that a reader would see wrong or not at all.

A field that is lost ends a window with a KeyError, a command that was translated is one
that nobody can type, and a term that Active Directory's own tools call otherwise sends
an administrator looking for what is not there.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from babel.messages.catalog import Catalog, Message

from lab.translations.catalogs import is_whole, texts
from lab.translations.terms import Term
from wizard.cli.command import Group
from wizard.cli.commands.order import COMMANDS

FIELD = re.compile(r"\{\w+\}|%\(\w+\)[sdr]|%[sdr]")
# Markdown, as the guide is written: what is typed, where a link leads, emphasis
_CODE = re.compile(r"`[^`]+`")
_TARGET = re.compile(r"\]\(([^)]+)\)")
_EMPHASIS = re.compile(r"\*\*|(?<=\S)\*|\*(?=\S)")
_MNEMONIC = re.compile(r"&(?=\w)")
# what is typed, or named so by Active Directory and the settings
_VERBS = "|".join(
    f"{each.name} (?:{'|'.join(verb.name for verb in each.commands)})"
    if isinstance(each, Group)
    else each.name
    for each in COMMANDS
)
NAMES = re.compile(
    r"(?<![\w-])--?[a-z][\w-]*"  # an option
    rf"|\b(?:sudo )?writeback (?:{_VERBS})\b"  # a command
    r"|\b(?:ad-password-)?writeback(?:-\w+|\[\w+\])"  # a program, a package
    r"|\b[\w.]+@[\w.]*\w|\bDOMAIN\\user\b"  # a name to sign in with
    r"|(?<![\w{])[a-z]+(?:[_.][a-z]+)+(?![\w}])"  # a setting, a file
    r"|\b[a-z]+[A-Z]\w+\b"  # an attribute
    r"|(?<![\w<])/[a-z][\w./-]+\w"  # a path
    r"|\bhttps?://\S+\w"
)
_WIDE_COLON, _WIDE_QUESTION = "\uff1a", "\uff1f"  # as Japanese writes them
_ENDS = {
    ".": ".。",
    "?": f"?؟{_WIDE_QUESTION}",
    ":": f":{_WIDE_COLON}",
    "…": "…",
}
_ALL_ENDS = "".join(_ENDS.values())
_WORD = re.compile(r"\b[A-Z]?[a-z]{2,}\b")
_FEW = 3  # words that may be the same in both languages


@dataclass(frozen=True)
class Fault:
    """One text that is wrong.

    Attributes:
        text: in English.
        words: its translation.
        what: why it is wrong.

    """

    text: str
    words: str
    what: str

    def __str__(self) -> str:
        return f"{self.text!r} -> {self.words!r}: {self.what}"


def missing(catalog: Catalog) -> list[str]:
    """List the texts that have no words, or not for each plural form."""
    return [_english(each)[0] for each in texts(catalog) if not is_whole(each)]


def faults(catalog: Catalog, terms: Sequence[Term] = ()) -> list[Fault]:
    """List what is wrong with the texts that have words."""
    language = str(catalog.locale)
    return [
        Fault(english, words, what)
        for message in texts(catalog)
        if is_whole(message)
        for english, words in _pairs(message, catalog.num_plurals)
        for what in _wrong(english, words, language, terms)
    ]


def _english(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _pairs(message: Message, forms: int) -> Iterator[tuple[str, str]]:
    """Give each form beside its English; a language with one form has that of many."""
    if isinstance(message.string, str):
        yield _english(message)[0], message.string
        return
    one, many = _english(message)
    yield from (
        (one if number == 0 and forms > 1 else many, words)
        for number, words in enumerate(message.string or ())
    )


def _wrong(
    english: str, words: str, language: str, terms: Sequence[Term]
) -> Iterator[str]:
    for look in _LOOKS:
        if what := look(english, words):
            yield what
    plain, said = _said(english), _read(words)
    for term in terms:
        if what := term.wrong(plain, said, language):
            yield what


def _fields(english: str, words: str) -> str:
    meant, held = (sorted(set(FIELD.findall(each))) for each in (english, words))
    return "" if meant == held else f"holds the fields {held}, not {meant}"


def _names(english: str, words: str) -> str:
    lost = [each for each in NAMES.findall(_bare(english)) if each not in words]
    return f"lacks {', '.join(lost)}" if lost else ""


def _markup(english: str, words: str) -> str:
    for marks in (_CODE, _TARGET, _EMPHASIS):
        meant, held = (sorted(marks.findall(each)) for each in (english, words))
        if meant != held:
            return f"is marked up with {held}, not {meant}"
    return ""


def _blanks(english: str, words: str) -> str:
    for side in (str.lstrip, str.rstrip):
        if len(english) - len(side(english)) != len(words) - len(side(words)):
            return "begins or ends with other blanks"
    lines = english.count("\n") == words.count("\n")
    return "" if lines else "has another number of lines"


def _mnemonic(english: str, words: str) -> str:
    meant, held = (len(_MNEMONIC.findall(each)) for each in (english, words))
    return "" if meant == held else f"holds {held} mnemonics (&), not {meant}"


def _end(english: str, words: str) -> str:
    end = _last(english)
    here = words.rstrip()[-1:]
    if end and here not in _ENDS[end]:
        return f"does not end with {_ENDS[end]}"
    more = not end and here and here in _ALL_ENDS
    return f"ends with {here}" if more else ""


def _last(english: str) -> str:
    last = english.rstrip()[-1:]
    return last if last in _ENDS else ""


def _same(english: str, words: str) -> str:
    kept = _WORD.findall(_said(english))
    return "is English" if english == words and len(kept) >= _FEW else ""


def _said(english: str) -> str:
    """Give what is words, without fields, names and what is typed."""
    return NAMES.sub("", FIELD.sub("", _read(english)))


def _read(text: str) -> str:
    """Give what is read, without what is typed and where links lead."""
    return _TARGET.sub("]", _CODE.sub("", text))


def _bare(english: str) -> str:
    return _MNEMONIC.sub("", english)


_LOOKS: tuple[Callable[[str, str], str], ...] = (
    _fields,
    _names,
    _markup,
    _blanks,
    _mnemonic,
    _end,
    _same,
)
