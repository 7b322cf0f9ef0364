"""Catalogs: one file of translations a language, kept in step with the sources.

Babel reads and writes them (msgfmt would be a program that each machine needs). What
was translated is never lost: a text that is gone is kept below, as `#~`, and has its
words again when it comes back. Nothing is guessed from a text that looks alike.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from wizard.translation import DOMAIN, FOLDER

# the guide's texts are a catalog of their own, as only who builds it reads that; so
# are the portal's, which is another program, and those of what both programs make
GUIDE = "guide"
PORTAL = "portal"
ROLLOUT = "rollout"
_BOOKS = {GUIDE: "guide", PORTAL: "portal", ROLLOUT: "rollout materials"}
# of the product; a catalog is begun when there are words for it
LANGUAGES = ("ar", "de", "es", "fr", "ja")
# neither says when it was made: the same texts give the same files
_NEVER = datetime(1980, 1, 1, tzinfo=UTC)
_HEAD = """\
# {name}: the texts of the {of}. `./dev texts merge` brings new ones.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def languages(folder: Path = FOLDER, domain: str = DOMAIN) -> tuple[str, ...]:
    """List the languages that have a catalog."""
    return tuple(sorted(path.parts[-3] for path in folder.glob(f"*/*/{domain}.po")))


def path_of(language: str, folder: Path = FOLDER, domain: str = DOMAIN) -> Path:
    """Give the file of a language; beside it lies what programs read, `.mo`."""
    return folder / language / "LC_MESSAGES" / f"{domain}.po"


def read(language: str, folder: Path = FOLDER, domain: str = DOMAIN) -> Catalog:
    """Read a catalog; one that is not there yet is empty."""
    path = path_of(language, folder, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=domain)


def texts(catalog: Catalog) -> Iterator[Message]:
    """Give the texts without the header."""
    return (message for message in catalog if message.id)


def is_whole(message: Message) -> bool:
    """Say whether a text has all its words."""
    if isinstance(message.string, tuple | list):
        return bool(message.string) and all(message.string)
    return bool(message.string)


def merge(catalog: Catalog, template: Catalog) -> Catalog:
    """Give a catalog with the texts of the sources, and the words that it had.

    Args:
        catalog: as translators left it.
        template: the texts of the sources.

    """
    merged = Catalog(locale=catalog.locale, domain=catalog.domain, fuzzy=False)
    known = {_key(each): each for each in (*texts(catalog), *_gone(catalog))}
    for message in texts(template):
        had = known.pop(_key(message), None)
        string = had.string if had else _nothing(message, merged)
        notes = had.user_comments if had else ()
        merged.add(message.id, string, message.locations, user_comments=notes)
    for key, message in known.items():
        if is_whole(message):
            merged.obsolete[key[0]] = message
    return merged


def spelled(catalog: Catalog) -> bytes:
    """Give the file of a catalog."""
    locale = Locale.parse(str(catalog.locale))
    head = _HEAD.format(
        name=locale.english_name,
        of=_BOOKS.get(str(catalog.domain), "product"),
        code=locale,
        plurals=catalog.plural_forms,
    )
    body = io.BytesIO()
    write_po(body, catalog, omit_header=True, sort_output=True, include_lineno=False)
    return f"{head}{body.getvalue().decode().lstrip()}".encode()


def compiled(catalog: Catalog) -> bytes:
    """Give what gettext reads: the texts that have all their words."""
    whole = Catalog(locale=catalog.locale, charset="utf-8", fuzzy=False)
    whole.creation_date = whole.revision_date = _NEVER
    for message in texts(catalog):
        if is_whole(message):
            whole.add(message.id, message.string)
    file = io.BytesIO()
    write_mo(file, whole)
    return file.getvalue()


def write(catalog: Catalog, folder: Path = FOLDER) -> None:
    """Write a catalog, and what programs read of it: of the guide's they read none."""
    path = path_of(str(catalog.locale), folder, catalog.domain or DOMAIN)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(spelled(catalog))
    if catalog.domain != GUIDE:
        path.with_suffix(".mo").write_bytes(compiled(catalog))


def _gone(catalog: Catalog) -> Iterator[Message]:
    return iter(catalog.obsolete.values())


def _key(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _nothing(message: Message, catalog: Catalog) -> str | tuple[str, ...]:
    return "" if isinstance(message.id, str) else ("",) * catalog.num_plurals
