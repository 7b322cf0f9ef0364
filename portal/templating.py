"""Renders pages and messages in a person's language; all words are in templates.

Jinja2 escapes all that is filled in, and refuses a name that it does not know.
"""

import gettext
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_datetime,
    format_time,
    get_timezone_gmt,
    get_timezone_name,
)
from babel.support import Translations
from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    select_autoescape,
)
from jinja2.bccache import Bucket

import resources

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
TRANSLATIONS = Path(resources.__file__).parent / "translations"
DOMAIN = "portal"
# English, and each language that has words for the portal
LANGUAGES = (
    "en",
    *sorted(path.parts[-3] for path in TRANSLATIONS.glob(f"*/*/{DOMAIN}.mo")),
)
_MOST_HEADER = 200
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Mail:
    """One mail as it is sent, in plain text and HTML (RFC 2046 section 5.1.4)."""

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)


@dataclass(frozen=True)
class Templates:
    """The templates in each language; `zone` is that of the times that people read."""

    zone: tzinfo = UTC

    def page(self, template: str, language: str, /, **fields: Any) -> str:
        """Render a page, such as `forgot/name`."""
        environment = _environment(language, self.zone)
        found = environment.get_template(f"{template}.html")
        return found.render(language=language, **fields)

    def mail(self, template: str, language: str, /, **fields: Any) -> Mail:
        """Render a mail; its first line is the subject."""
        environment = _environment(language, self.zone)
        named = {"language": language, **fields}
        # a blank line ends a paragraph; those of blocks that wrote nothing go
        found = _plain_environment(language, self.zone)
        written = found.get_template(f"mail/{template}.txt")
        plain = _BLANK_LINES.sub("\n\n", written.render(**named))
        subject, _, text = plain.partition("\n")
        html = environment.get_template("mail/frame.html").render(
            title=subject.strip(), paragraphs=_paragraphs(text), **named
        )
        return Mail(" ".join(subject.split()), text.strip() + "\n", html)

    def text(self, template: str, language: str, /, **fields: Any) -> str:
        """Render a text message, in one line."""
        environment = _environment(language, self.zone)
        found = environment.get_template(f"sms/{template}.txt")
        return " ".join(found.render(language=language, **fields).split())


@cache
def static_address(name: str) -> str:
    """Give the address of a file; it changes with the file, which browsers keep."""
    content = (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def static_addresses() -> list[str]:
    """Give the addresses of all files, as pages name them."""
    return [static_address(each.name) for each in STATIC.iterdir()]


def wanted_language(accepted: str, languages: Iterable[str] = LANGUAGES) -> str:
    """Choose by Accept-Language (RFC 9110 section 12.5.4); English where none fits."""
    known = tuple(languages)
    weighed: list[tuple[float, int, str]] = []
    for at, item in enumerate(accepted[:_MOST_HEADER].split(",")):
        tag, _, weight = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        if primary in known and (worth := _weight(weight)):
            weighed.append((-worth, at, primary))
    return min(weighed)[2] if weighed else known[0]


def is_right_to_left(language: str) -> bool:
    """Whether a language is written from right to left."""
    try:
        return Locale.parse(language).text_direction == "rtl"
    except (ValueError, UnknownLocaleError):
        return False


def own_language_name(language: str) -> str:
    """Name a language as those do who speak it: Deutsch; its code where unknown."""
    try:
        return Locale.parse(language).get_language_name() or language
    except (ValueError, UnknownLocaleError):
        return language


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return min(1.0, max(0.0, float(value))) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


class _Compiled(BytecodeCache):
    """Templates as they were compiled: once for all languages.

    What differs (words, times, direction) is looked up when one is rendered.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of this very source."""
        bucket.code = self._held.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self._held[bucket.key, bucket.checksum] = bucket.code


# with blank lines left out of blocks, and with them
_COMPILED, _COMPILED_PLAIN = _Compiled(), _Compiled()


@cache
def _plain_environment(language: str, zone: tzinfo) -> Environment:
    """Give the environment of plain text, where a block's line stays one."""
    own = _environment(language, zone)
    return own.overlay(trim_blocks=False, bytecode_cache=_COMPILED_PLAIN)


@cache
def _environment(language: str, zone: tzinfo) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        # a portal's own do not change while it serves
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    translations = _translations(language)
    # Jinja2 adds this to what the extension's own type does not say
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["clock"] = lambda at: _in_zone(
        format_time(at, "short", tzinfo=zone, locale=language), at, zone, language
    )
    environment.filters["moment"] = lambda at: _in_zone(
        format_datetime(at, "medium", tzinfo=zone, locale=language), at, zone, language
    )
    environment.filters["language_name"] = own_language_name
    environment.globals["static"] = static_address
    environment.globals["direction"] = "rtl" if is_right_to_left(language) else "ltr"
    return environment


def _in_zone(words: str, at: datetime, zone: tzinfo, language: str) -> str:
    """Say of which zone a time is: who reads it may be in another one."""
    local = at.astimezone(zone)
    name = get_timezone_name(local, "short", locale=language)
    # one without a short name in this language is told by its distance
    if not name.isalpha():
        name = get_timezone_gmt(local, "long", locale=language)
    return f"{words} {name}"


def _translations(language: str) -> gettext.NullTranslations:
    return Translations.load(TRANSLATIONS, [language], DOMAIN)


def _paragraphs(text: str) -> list[list[str]]:
    blocks = text.strip().split("\n\n")
    return [block.split("\n") for block in blocks]
