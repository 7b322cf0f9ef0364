"""Texts put into words: gettext over resources/translations, for both front ends."""

import gettext
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import resources  # by its name, so that the programs that are frozen find it
from wire.text import Field, Text, fill, without_words
from wizard import measures
from wizard.preferences import LANGUAGE, preferred

DOMAIN = "writeback"
ENGLISH = "en"  # the sources' own
# what Android and Chromium call English with every letter accented
PSEUDO = "en_XA"
# a part of the texts, to see a window from right to left; offered to nobody
TRIED = frozenset({"ar"})
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
FOLDER = Path(resources.__file__).parent / "translations"
CHOICE = "WRITEBACK_LANGUAGE"
_VARIABLES = (CHOICE, "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# a locale's name, as in setlocale(3); anything else could be a path
_LOCALE = re.compile(r"[A-Za-z]{1,8}(_[A-Za-z]{2})?(@[A-Za-z]+)?")
# where a sentence does not end with a full stop, nor a comma stands between parts
_STOPS = {"ja": "。"}
_COMMAS = {"ja": "、", "ar": "، "}
_LIST = re.compile(r"\{0\}(, \{\d+\})+")
_ACCENTED = str.maketrans(
    "AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz",
    "ÅåÇçÐđÉéĜĝÎîĻļÑñÖöŔŕŠšŢţÛûÝýŽž",
)


@dataclass(frozen=True)
class Language:
    """A language that one can choose."""

    code: str  # as gettext names it: `de`
    name: str  # as those call it who speak it: Deutsch


def say(
    text: str,
    data: Callable[[str], str] = str,
    apart: Callable[[str], str] = str,
    code: str = "",
) -> str:
    """Put a text into words.

    Args:
        text: a `Text`; a string that is none is data, and comes back as it is.
        data: writes what is filled in and is no language: a name, an address.
        apart: writes what may run in another direction than the words around it: a
            date.
        code: the language, where it is known; else that of whoever looks on.

    """
    if not isinstance(text, Text):
        return str(text)
    # asked once for a text and all that is filled in: a page has hundreds of texts
    return _said(text, data, apart, code or language())


def _said(
    text: Text, data: Callable[[str], str], apart: Callable[[str], str], code: str
) -> str:
    def spelled(field: Field) -> str:
        if isinstance(field, Text):
            return _said(field, data, apart, code)
        if isinstance(field, int):
            return measures.number(field, _locale_of(code))
        return data(field)

    if not text.template:  # gettext answers an empty one with its catalog's header
        return _without_words(text, spelled, data, apart, code)
    translation = _translation(code)
    if text.many:
        template = translation.ngettext(text.template, text.many, _count(text))
    else:
        template = _between(translation.gettext(text.template), code)
    return fill(template, text.fields, spelled) if text.fields else template


def number(value: int) -> str:
    """Spell a count as the language does."""
    return measures.number(value, locale())


def language() -> str:
    """Name the language of the words: the first asked for that there is, else English.

    It is asked for by choice, then as gettext(3) does: LANGUAGE with several in
    order, LC_ALL, LC_MESSAGES, LANG.
    """
    return _first(_asked())


def locale() -> str:
    """Name the locale that writes numbers and dates: `de_CH`; empty for English."""
    return _locale_of(language())


def _locale_of(code: str) -> str:
    if code in (ENGLISH, PSEUDO):
        return ""
    values = (os.environ.get(name, "") for name in _VARIABLES)
    named = (name for value in values for name in _names(value))
    return next((name for name in named if _catalog_of(name) == code), code)


def use(choice: str) -> None:
    """Speak a language from now on, here and in programs started from here.

    Args:
        choice: its code; empty for the system's.

    """
    if choice:
        os.environ[CHOICE] = choice
    else:
        os.environ.pop(CHOICE, None)


def use_preferred() -> None:
    """Speak the language that the person chose; a variable of ours comes before it."""
    chosen = preferred(LANGUAGE)
    if CHOICE not in os.environ and chosen in _choosable():
        use(chosen)


def first_of(names: Iterable[str]) -> str:
    """Give the first locale that there is a catalog for, else English's."""
    return _first(":".join(names))


def is_asked_for() -> bool:
    """Say whether a choice or the environment names a language at all."""
    return bool(_asked())


def is_right_to_left(code: str = "") -> bool:
    """Say whether a language, else the one spoken, is written from right to left."""
    return (code or language()).partition("_")[0] in RIGHT_TO_LEFT


@cache
def available() -> tuple[Language, ...]:
    """List the languages that one can choose: English, then the others by name."""
    codes = _choosable() - {ENGLISH}
    others = [Language(each, _own_name(each)) for each in codes]
    others.sort(key=lambda each: each.name.casefold())
    return (Language(ENGLISH, "English"), *others)


def _choosable() -> frozenset[str]:
    return (_catalogs() - TRIED) | {ENGLISH}


@cache
def _catalogs() -> frozenset[str]:
    found = FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return frozenset(path.parts[-3] for path in found)


def _own_name(code: str) -> str:
    from babel import Locale

    name = str(Locale.parse(code).get_display_name())
    return f"{name[:1].upper()}{name[1:]}"


def _asked() -> str:
    for name in _VARIABLES:
        if value := os.environ.get(name):
            return value
    return ""


def _names(value: str) -> Iterator[str]:
    for name in value.split(":"):
        bare = name.partition(".")[0]
        if _LOCALE.fullmatch(bare):
            yield bare.partition("@")[0]


@cache
def _first(value: str) -> str:
    return next(filter(None, map(_catalog_of, _names(value))), ENGLISH)


def _catalog_of(name: str) -> str:
    """Give the catalog that serves a locale; empty where none does."""
    if name == PSEUDO:
        return PSEUDO
    bare = name.partition("_")[0]
    if bare in (ENGLISH, "C", "POSIX"):
        return ENGLISH
    return next((each for each in (name, bare) if each in _catalogs()), "")


def _without_words(
    text: Text,
    spelled: Callable[[Field], str],
    data: Callable[[str], str],
    apart: Callable[[str], str],
    code: str,
) -> str:
    measure = measures.measured(text.fields, _locale_of(code))
    if measure is not None:
        return apart(measure)
    shown = without_words(text.fields, spelled, _STOPS.get(code, "."))
    return data(shown) if shown and "sentence" not in text.fields else shown


def _between(template: str, code: str) -> str:
    """Give what is put between the parts of a list as a language writes it."""
    if code not in _COMMAS or not _LIST.fullmatch(template):
        return template
    return template.replace(", ", _COMMAS[code])


def _count(text: Text) -> int:
    return int(text.fields["count"])


@cache
def _translation(name: str) -> gettext.NullTranslations:
    if name == PSEUDO:
        return _Pseudo()
    return gettext.translation(DOMAIN, FOLDER, [name], fallback=True)


class _Pseudo(gettext.NullTranslations):
    """Shows which strings escaped: all others are accented, longer, and in brackets."""

    def gettext(self, message: str) -> str:
        return _accented(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return _accented(msgid1 if n == 1 else msgid2)


def _accented(message: str) -> str:
    """Accent what is no field, and make it a third longer, as German would be."""
    parts = message.split("{")
    words = [parts[0].translate(_ACCENTED)]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        words.append(f"{{{name}{brace}{rest.translate(_ACCENTED)}")
    return f"[{''.join(words)}{_longer(len(message) // 3)}]"


def _longer(count: int) -> str:
    """Give so many letters more, in words as long as most are."""
    return " ".join("~" * min(7, count - at) for at in range(0, count, 8))
