"""People found by a part of a name, as whoever is asked about one knows them.

Ambiguous name resolution (MS-ADTS 3.1.1.3.1.3.3) finds them by how any of their names
begins, first and last name in either order; beside it stand the exact identifiers.
"""

import base64
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from agent.active_directory.identifiers import MOST, folded, user_filter
from agent.config.errors import shown
from agent.ldap import dn
from agent.ldap.connection import Connection
from agent.ldap.entry import Entry
from agent.ldap.filters import escape, people_filter
from wire.names import Identifier
from wire.outcomes import Code, Refused
from wire.printable import printable
from wire.text import Text

MOST_FOUND = 50
MOST_NAME = 256  # characters that are shown of a name
_CONSISTENCY = "mS-DS-ConsistencyGuid"
_EXACT: tuple[Identifier, ...] = (
    *("userPrincipalName", "sAMAccountName", "mail", "objectGUID"),
)
_BEGINS = ("userPrincipalName", "mail")  # no names that are resolved, and indexed
_READ = (
    *("objectGUID", "displayName", "userPrincipalName", "sAMAccountName", "mail"),
    _CONSISTENCY,
)


@dataclass(frozen=True)
class FoundPerson:
    """Somebody, to be chosen among others; what is shown is printable and bounded.

    `names` are all that a request may have named the person by.
    """

    dn: str
    guid: UUID
    name: str
    sign_in_name: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPeople:
    """Who was found, by name; `more` are there than these.

    `exact` is the only one of them who has just what was typed for a name.
    """

    people: tuple[FoundPerson, ...]
    more: bool = False
    exact: FoundPerson | None = None


def query_for(words: str, identify_by: Identifier) -> str:
    """Make the filter for what an administrator typed.

    Refused (bad_request) where nobody can be so named.
    """
    if not words.strip() or len(words) > MOST or not words.isprintable():
        detail = Text(
            "a name has 1 to {most} printable characters{value}",
            most=str(MOST),
            value=shown(words),
        )
        raise Refused(Code.BAD_REQUEST, detail)
    asked = words.strip()
    either = [f"(anr={escape(_without_domain(asked))})"]
    either += [f"({name}={escape(asked)}*)" for name in _BEGINS]
    for by in dict.fromkeys((*_EXACT, identify_by)):
        with suppress(Refused):  # what can't be such a name is none
            value = _without_domain(asked) if by == "sAMAccountName" else asked
            either.append(f"({user_filter(by, value).assertion})")
    if _is_dn(asked):
        either.append(f"(distinguishedName={escape(asked)})")
    return people_filter(f"(|{''.join(either)})")


def find_people(
    directory: Connection, base_dn: str, words: str, identify_by: Identifier
) -> FoundPeople:
    """Find whom the words may mean, at most `MOST_FOUND`.

    Refused (bad_request): nobody can be so named. DirectoryError.
    """
    found = directory.search(
        base_dn,
        query_for(words, identify_by),
        _READ,
        paged=False,
        limit=MOST_FOUND + 1,
    )
    people = list(_people(found))
    exact = [each for each in people if _is_named(each, words.strip())]
    people.sort(key=lambda each: (each not in exact, folded(each.name)))
    only = exact[0] if len(exact) == 1 else None
    return FoundPeople(tuple(people[:MOST_FOUND]), len(people) > MOST_FOUND, only)


def shown_name(name: str | None, sam: str | None, where: str) -> str:
    """Choose what a person is called: the display name, else what the object is."""
    own = dn.split(where)[0].partition("=")[2] if where else ""
    return printable(name or own or sam or "", MOST_NAME)


def sign_in_name(upn: str | None, sam: str | None) -> str:
    """Choose what a person signs in with."""
    return printable(upn or sam or "", MOST_NAME)


def _people(found: Iterator[Entry]) -> Iterator[FoundPerson]:
    for entry in found:
        guid = entry.guid("objectGUID")
        if guid is None:
            continue  # hidden: there is nothing to ask about the person by
        upn, sam = entry.text("userPrincipalName"), entry.text("sAMAccountName")
        yield FoundPerson(
            printable(entry.dn),
            guid,
            shown_name(entry.text("displayName"), sam, entry.dn),
            sign_in_name(upn, sam),
            tuple(_names(entry, guid, (upn, sam, entry.text("mail")))),
        )


def _names(entry: Entry, guid: UUID, texts: Sequence[str | None]) -> Iterator[str]:
    yield from (printable(text, MOST) for text in texts if text)
    yield str(guid)
    raw = entry.raw(_CONSISTENCY)
    if raw is not None and len(raw) == 16:
        yield str(UUID(bytes_le=raw))
        yield base64.b64encode(raw).decode()


def _is_named(person: FoundPerson, words: str) -> bool:
    with suppress(ValueError):
        return UUID(words) == person.guid
    if _is_dn(words) and _same(words, person.dn):
        return True
    asked = {folded(words), folded(_without_domain(words))}
    return not asked.isdisjoint(map(folded, person.names))


def _same(one: str, other: str) -> bool:
    with suppress(dn.BadName):
        return dn.same(one, other)
    return False


def _without_domain(words: str) -> str:
    r"""Leave out the domain of `CORP\anna`."""
    return words if _is_dn(words) else (words.rpartition("\\")[2] or words)


def _is_dn(words: str) -> bool:
    if "=" not in words or "," not in words:
        return False
    with suppress(dn.BadName):
        return bool(dn.parse(words))
    return False
