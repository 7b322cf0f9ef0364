"""Texts of the materials in a language: gettext over resources/translations.

The language is that of who reads a material, which whoever makes it chooses.
"""

import gettext
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import resources
from wire.text import Field, Text, fill, without_words

DOMAIN = "rollout"
_FOLDER = Path(resources.__file__).parent / "translations"
ENGLISH = "en"
# English, and each language that has words for the materials
LANGUAGES = (
    ENGLISH,
    *sorted(path.parts[-3] for path in _FOLDER.glob(f"*/*/{DOMAIN}.mo")),
)


def say(text: Text, language: str) -> str:
    """Put a text of a material into a language of `LANGUAGES`; another is English."""
    return _said(_translation(language), text)


def _said(translation: gettext.NullTranslations, text: Text) -> str:
    spell: Callable[[Field], str] = partial(_spelled, translation)
    if not text.template:
        return without_words(text.fields, spell)
    if text.many:
        count = int(text.fields["count"])
        template = translation.ngettext(text.template, text.many, count)
    else:
        template = translation.gettext(text.template)
    return fill(template, text.fields, spell) if text.fields else template


def _spelled(translation: gettext.NullTranslations, field: Field) -> str:
    return _said(translation, field) if isinstance(field, Text) else str(field)


@cache
def _translation(language: str) -> gettext.NullTranslations:
    languages = [language] if language in LANGUAGES else []
    return gettext.translation(DOMAIN, _FOLDER, languages, fallback=True)
