"""The list of people: searched, sorted, in pages of one key after the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, ColumnElement, Connection, Select, select, tuple_

from portal.database.coverage import Asked, capable, due
from portal.database.people import key
from portal.database.schema import PERSON, PROOF
from wire.self_service.proof_kind import ProofKind


class PeopleState(StrEnum):
    """Who is shown."""

    ALL = "all"
    REGISTERED = "registered"
    NOT_CAPABLE = "not_capable"
    DUE = "due"
    BLOCKED = "blocked"


class PeopleOrder(StrEnum):
    """What a list is sorted by."""

    NAME = "name"
    SIGN_IN_NAME = "upn"
    REGISTERED = "registered"


@dataclass(frozen=True)
class PeopleSearch:
    """Whom a list has: `words` are in the name or the sign-in name."""

    words: str = ""
    state: PeopleState = PeopleState.ALL
    order: PeopleOrder = PeopleOrder.NAME


@dataclass(frozen=True)
class Place:
    """Where a list goes on: after this one."""

    value: str
    guid: str


@dataclass(frozen=True)
class ListedPerson:
    """One person; `place` is theirs in the list. Times are in Unix seconds."""

    guid: str
    name: str
    upn: str
    registered: int | None
    confirmed: int | None
    blocked: int | None
    kinds: tuple[ProofKind, ...]
    is_capable: bool
    is_due: bool
    place: Place


_COLUMNS = {
    PeopleOrder.NAME: PERSON.c.name_key,
    PeopleOrder.SIGN_IN_NAME: PERSON.c.upn_key,
    PeopleOrder.REGISTERED: PERSON.c.registered,
}


def people_list(
    connection: Connection,
    search: PeopleSearch,
    asked: Sequence[Asked],
    *,
    after: Place | None,
    most: int,
    now: float,
) -> list[ListedPerson]:
    """Give so many of a list, after a place; who registered last comes first."""
    statement = people_statement(search, asked, after=after, most=most, now=now)
    rows = connection.execute(statement).all()
    kinds = _kinds(connection, [row.guid for row in rows])
    return [
        ListedPerson(
            guid=row.guid,
            name=row.name,
            upn=row.upn,
            registered=row.registered,
            confirmed=row.confirmed,
            blocked=row.blocked,
            kinds=kinds.get(row.guid, ()),
            is_capable=bool(row.is_capable),
            is_due=bool(row.is_due),
            place=Place(str(row.place), row.guid),
        )
        for row in rows
    ]


def people_statement(
    search: PeopleSearch,
    asked: Sequence[Asked],
    *,
    after: Place | None,
    most: int,
    now: float,
) -> Select[tuple[object, ...]]:
    """Give the statement of a page."""
    own = _COLUMNS[search.order]
    is_last_first = search.order is PeopleOrder.REGISTERED
    order = (
        [own.desc(), PERSON.c.guid.desc()] if is_last_first else [own, PERSON.c.guid]
    )
    return (
        select(
            PERSON,
            own.label("place"),
            capable(asked).label("is_capable"),
            due(asked, now).label("is_due"),
        )
        .where(*_conditions(search, asked, own, after, now))
        .order_by(*order)
        .limit(most)
    )


def _conditions(
    search: PeopleSearch,
    asked: Sequence[Asked],
    own: "Column[object]",
    after: Place | None,
    now: float,
) -> Iterator[ColumnElement[bool]]:
    is_last_first = search.order is PeopleOrder.REGISTERED
    yield own >= (0 if is_last_first else "")  # so that it is walked by its index
    if after is not None:
        held = int(after.value) if is_last_first else after.value
        place, here = tuple_(own, PERSON.c.guid), tuple_(held, after.guid)
        yield place < here if is_last_first else place > here
    for word in search.words.split()[:8]:
        wanted = key(word)
        yield (
            PERSON.c.name_key.contains(wanted, autoescape=True)
            | PERSON.c.upn_key.contains(wanted, autoescape=True)
        )
    match search.state:
        case PeopleState.REGISTERED:
            yield PERSON.c.registered.is_not(None)
        case PeopleState.NOT_CAPABLE:
            yield ~capable(asked)
        case PeopleState.DUE:
            yield due(asked, now)
        case PeopleState.BLOCKED:
            yield PERSON.c.blocked.is_not(None)
        case PeopleState.ALL:
            return


def _kinds(
    connection: Connection, guids: list[str]
) -> dict[str, tuple[ProofKind, ...]]:
    rows = connection.execute(
        select(PROOF.c.person, PROOF.c.kind).where(PROOF.c.person.in_(guids)).distinct()
    )
    found: dict[str, list[ProofKind]] = {}
    for person, kind in rows:
        found.setdefault(person, []).append(ProofKind(kind))
    order = [*ProofKind]
    return {
        person: tuple(sorted(own, key=order.index)) for person, own in found.items()
    }
