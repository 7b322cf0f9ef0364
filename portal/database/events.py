"""The audit as the database keeps it: numbered without a gap, chained with a key.

The key is not in the database: who can write there alone can neither change an event
nor leave one out between two others. Where the oldest are dropped an anchor stays, made
with the same key, and the chain begins there.
"""

import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from portal.audit.event import (
    GENESIS,
    Event,
    EventKind,
    Recorded,
    address_fits,
    hashed_address,
    record,
    shortened,
)
from portal.database.schema import EVENT, SETTING
from portal.keys.pepper import Pepper, Purpose

_LOCK = 0x57524254  # of PostgreSQL: who appends, in the order of numbers
_ANCHOR = "audit_anchor"
_MOST_BROWSER = 256
# made once (`portal.database.visits`)
_ADD = insert(EVENT)
_LAST = select(EVENT.c.number, EVENT.c.digest).order_by(EVENT.c.number.desc()).limit(1)
_PAGE = 1000


@dataclass(frozen=True)
class Anchor:
    """Where the chain begins: the last event before it, and its digest."""

    number: int
    digest: str


class Events:
    """Adds events and checks the chain, with the key of the hashes."""

    def __init__(self, pepper: Pepper) -> None:
        self._pepper = pepper

    def append(self, connection: Connection, event: Event) -> int:
        """Add an event and give its number."""
        _wait_for_turn(connection)
        last = _last(connection) or self._anchor(connection) or Anchor(0, GENESIS)
        number = last.number + 1
        event = replace(
            event, browser=event.browser[:_MOST_BROWSER], detail=dict(event.detail)
        )
        key = secrets.token_urlsafe(16)
        hashed = hashed_address(event.address, key)
        values = {
            **vars(event),
            "kind": str(event.kind),
            "number": number,
            "address_key": key,
            "address_hash": hashed,
            "digest": self._digest(last.digest, record(number, event, hashed)),
        }
        connection.execute(_ADD, values)
        return number

    def first_broken(self, connection: Connection) -> int | None:
        """Check the chain; give the number of the first event that does not fit.

        A wrong anchor is the fault of the first event that there is, or of the next.
        """
        anchor = self._anchor(connection)
        last = anchor or Anchor(0, GENESIS)
        if anchor is None and _anchor_row(connection) is not None:
            return _first_number(connection) or 1
        for each in read(connection):
            whole = record(each.number, each.event, each.address_hash)
            digest = self._digest(last.digest, whole)
            fits = hmac.compare_digest(digest, each.digest) and address_fits(each)
            if each.number != last.number + 1 or not fits:
                return each.number
            last = Anchor(each.number, each.digest)
        return None

    def newest(self, connection: Connection) -> Anchor | None:
        """Give number and digest of the newest event, to be noted elsewhere.

        Who writes the database could drop the newest ones: this tells.
        """
        return _last(connection) or self._anchor(connection)

    def drop_before(self, connection: Connection, at: int, most: int) -> int:
        """Drop up to `most` of the oldest events of before a time; give how many.

        None is dropped beside one that stays: the first that is younger ends it.
        """
        _wait_for_turn(connection)
        oldest = list(
            connection.execute(
                select(EVENT.c.number, EVENT.c.at, EVENT.c.digest)
                .order_by(EVENT.c.number)
                .limit(most)
            )
        )
        young = next((i for i, row in enumerate(oldest) if row.at >= at), len(oldest))
        if not young:
            return 0
        last = oldest[young - 1]
        self._keep_anchor(connection, Anchor(last.number, last.digest))
        connection.execute(delete(EVENT).where(EVENT.c.number <= last.number))
        return young

    def _keep_anchor(self, connection: Connection, anchor: Anchor) -> None:
        value = {**vars(anchor), "proof": self._anchor_proof(anchor)}
        same = SETTING.c.name == _ANCHOR
        changed = connection.execute(update(SETTING).where(same).values(value=value))
        if not changed.rowcount:
            connection.execute(insert(SETTING).values(name=_ANCHOR, value=value))

    def _anchor(self, connection: Connection) -> Anchor | None:
        """Read the anchor; None where there is none, or it was not made here."""
        value = _anchor_row(connection)
        if not isinstance(value, Mapping):
            return None
        number, digest = value.get("number"), value.get("digest")
        if not isinstance(number, int) or not isinstance(digest, str):
            return None
        anchor = Anchor(number, digest)
        proof = str(value.get("proof"))
        right = hmac.compare_digest(proof, self._anchor_proof(anchor))
        return anchor if right else None

    def _digest(self, before: str, whole: str) -> str:
        return self._pepper.digest(Purpose.EVENT, before, whole)

    def _anchor_proof(self, anchor: Anchor) -> str:
        return self._pepper.digest(Purpose.ANCHOR, str(anchor.number), anchor.digest)


def read(
    connection: Connection, after: int = 0, most: int | None = None
) -> Iterator[Recorded]:
    """Give the events after a number, in order, `most` at most.

    They are read a page at a time: never are all of them in memory.
    """
    left = most
    while left is None or left > 0:
        size = _PAGE if left is None else min(_PAGE, left)
        page = select(EVENT).where(EVENT.c.number > after).order_by(EVENT.c.number)
        rows = connection.execute(page.limit(size)).all()
        yield from map(recorded, rows)
        if len(rows) < size:
            return
        after = rows[-1].number
        left = None if left is None else left - size


def last_before(connection: Connection, at: int) -> int:
    """Give the number of the last event of before a time; 0 where there is none."""
    before = select(EVENT.c.number).where(EVENT.c.at < at)
    return connection.scalar(before.order_by(EVENT.c.number.desc()).limit(1)) or 0


def newest_number(connection: Connection) -> int:
    """Give the number of the newest event; 0 where there is none."""
    last = _last(connection)
    return 0 if last is None else last.number


def of_person(connection: Connection, guid: str, most: int) -> list[Recorded]:
    """Give the last events of a person, the newest first."""
    rows = connection.execute(
        select(EVENT)
        .where(EVENT.c.person == guid)
        .order_by(EVENT.c.number.desc())
        .limit(most)
    )
    return list(map(recorded, rows))


def shorten_addresses(connection: Connection, before: int, most: int) -> int:
    """Shorten up to `most` addresses of events of before a time; give how many.

    With the key of its hash the whole address is gone for good.
    """
    whole = (EVENT.c.at < before) & EVENT.c.address_key.is_not(None)
    rows = connection.execute(
        select(EVENT.c.number, EVENT.c.address)
        .where(whole)
        .order_by(EVENT.c.at)
        .limit(most)
    ).all()
    for row in rows:
        values = {"address": shortened(row.address), "address_key": None}
        own = EVENT.c.number == row.number
        connection.execute(update(EVENT).where(own).values(**values))
    return len(rows)


def _wait_for_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _last(connection: Connection) -> Anchor | None:
    row = connection.execute(_LAST).first()
    return None if row is None else Anchor(row.number, row.digest)


def _first_number(connection: Connection) -> int | None:
    first = select(EVENT.c.number).order_by(EVENT.c.number).limit(1)
    return connection.scalar(first)


def _anchor_row(connection: Connection) -> Any:
    return connection.scalar(select(SETTING.c.value).where(SETTING.c.name == _ANCHOR))


def recorded(row: Row[Any]) -> Recorded:
    """Read an event of a row of its table."""
    held = dict(row._mapping)
    chain = {
        name: held.pop(name)
        for name in ("number", "address_key", "address_hash", "digest")
    }
    return Recorded(event=Event(**{**held, "kind": EventKind(held["kind"])}), **chain)
