"""The audit as the database keeps it: numbered without a gap, chained."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, text

from portal.audit.event import GENESIS, Event, EventKind, digest
from portal.database.schema import EVENT

_LOCK = 0x57524254  # of PostgreSQL: who appends, in the order of numbers


@dataclass(frozen=True)
class Recorded:
    """An event with its number and its digest."""

    number: int
    event: Event
    digest: str


def append(connection: Connection, event: Event) -> int:
    """Add an event and give its number."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    newest = select(EVENT.c.number, EVENT.c.digest).order_by(EVENT.c.number.desc())
    last = connection.execute(newest.limit(1)).first()
    number, before = (1, GENESIS) if last is None else (last.number + 1, last.digest)
    values = {
        **vars(event),
        "kind": str(event.kind),
        "detail": dict(event.detail),
        "browser": event.browser[:256],
    }
    event = Event(**{**values, "kind": event.kind})
    connection.execute(
        insert(EVENT).values(
            number=number, digest=digest(before, number, event), **values
        )
    )
    return number


def read(connection: Connection, after: int = 0) -> Iterator[Recorded]:
    """Give the events after a number, in order."""
    rows = connection.execute(
        select(EVENT).where(EVENT.c.number > after).order_by(EVENT.c.number)
    )
    yield from map(_recorded, rows)


def of_person(connection: Connection, guid: str, most: int) -> list[Recorded]:
    """Give the last events of a person, the newest first."""
    rows = connection.execute(
        select(EVENT)
        .where(EVENT.c.person == guid)
        .order_by(EVENT.c.number.desc())
        .limit(most)
    )
    return list(map(_recorded, rows))


def first_broken(connection: Connection) -> int | None:
    """Check the chain; give the number of the first event that does not fit."""
    before, expected = GENESIS, 1
    for recorded in read(connection):
        fits = digest(before, recorded.number, recorded.event) == recorded.digest
        if recorded.number != expected or not fits:
            return recorded.number
        before, expected = recorded.digest, expected + 1
    return None


def _recorded(row: Row[tuple[object, ...]]) -> Recorded:
    held = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
    number, own = held.pop("number"), held.pop("digest")
    return Recorded(number, Event(**{**held, "kind": EventKind(held["kind"])}), own)
