"""Texts put into words: gettext over resources/translations, for both front ends."""

import gettext
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import resources  # by its name, so that the programs that are frozen find it
from wire.text import Field, Text, fill, without_words

DOMAIN = "writeback"
# what Android and Chromium call English with every letter accented
PSEUDO = "en_XA"
_FOLDER = Path(resources.__file__).parent / "translations"
_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# a locale's name, as in setlocale(3); anything else could be a path
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(_[A-Za-z]{2})?(@[A-Za-z]+)?")
_ACCENTED = str.maketrans(
    "AaCcDdEeGgIiLlNnOoRrSsTtUuYyZz",
    "ÅåÇçÐđÉéĜĝÎîĻļÑñÖöŔŕŠšŢţÛûÝýŽž",
)


def say(text: str, spell: Callable[[int], str] = str) -> str:
    """Put a text into words, in the language of whoever looks on.

    Args:
        text: a `Text`; a string that is none is data, and comes back as it is.
        spell: writes a number that is filled in.

    """

    def spelled(field: Field) -> str:
        return spell(field) if isinstance(field, int) else say(field, spell)

    if not isinstance(text, Text):
        return str(text)
    if not text.template:  # gettext answers an empty one with its catalog's header
        return without_words(text.fields, spelled)
    translation = _translation(language())
    if text.many:
        template = translation.ngettext(text.template, text.many, _count(text))
    else:
        template = translation.gettext(text.template)
    return fill(template, text.fields, spelled) if text.fields else template


def language() -> str:
    """Name the language that was asked for, as in gettext(3): `de`, `en_XA`."""
    for name in _VARIABLES:
        value = os.environ.get(name, "").partition(":")[0].partition(".")[0]
        if value:
            return value if _LANGUAGE.fullmatch(value) else "C"
    return "C"


def _count(text: Text) -> int:
    return int(text.fields["count"])


@cache
def _translation(name: str) -> gettext.NullTranslations:
    if name == PSEUDO:
        return _Pseudo()
    return gettext.translation(DOMAIN, _FOLDER, [name], fallback=True)


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
    return f"[{''.join(words)}{'~' * (len(message) // 3)}]"
