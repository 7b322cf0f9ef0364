"""Finds events by person, kind, code, address or reference: by an index, never by all.

One of the fields chooses the index, the one that leaves least; the others are compared
in what it gives. So the pages of a search cost the same with a million events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from sqlalchemy import ColumnElement, Connection, Select, func, select

from portal.audit.event import Recorded
from portal.database.events import recorded
from portal.database.schema import EVENT

_PAGE = 1000


@dataclass(frozen=True)
class EventSearch:
    """What is searched for, in the order of what leaves least; empty: any."""

    reference: str = ""
    person: str = ""
    address: str = ""
    code: str = ""
    kind: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The fields that are searched for."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in named.items() if value}


def newest(
    connection: Connection, wanted: EventSearch, *, before: int | None, most: int
) -> list[Recorded]:
    """Give what was found, the newest first; `before` a number where one is given."""
    found = _where(wanted)
    if before is not None:
        found = found.where(EVENT.c.number < before)
    ordered = found.order_by(EVENT.c.number.desc()).limit(most)
    return list(map(recorded, connection.execute(ordered)))


def oldest(
    connection: Connection, wanted: EventSearch, *, after: int, most: int
) -> list[Recorded]:
    """Give what was found after a number, the oldest first."""
    found = _where(wanted).where(EVENT.c.number > after)
    ordered = found.order_by(EVENT.c.number).limit(most)
    return list(map(recorded, connection.execute(ordered)))


def statement(wanted: EventSearch) -> Select[tuple[object, ...]]:
    """Give the statement of a first page, to be looked at."""
    return _where(wanted).order_by(EVENT.c.number.desc()).limit(_PAGE)


def _where(wanted: EventSearch) -> Select[tuple[object, ...]]:
    return select(EVENT).where(*_conditions(wanted))


def _conditions(wanted: EventSearch) -> Iterator[ColumnElement[bool]]:
    for at, (name, value) in enumerate(wanted.given.items()):
        column = EVENT.c[name]
        # as an expression it has no index: the first field alone chooses
        yield (column if at == 0 else func.coalesce(column, "")) == value
