"""Calls of the help desk, and what helpers say that they checked.

Who calls whom is sealed for its own row, and each check has a keyed hash: who writes
the database makes nobody verified, and has no names of people who never registered.
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from portal.database import people
from portal.database.call_tables import CALL, CALLER_CHECK
from portal.database.upsert import insert_into
from portal.journeys.caller import Call, CallerCheck, CheckKind
from portal.keys.pepper import Pepper, Purpose
from portal.keys.row_keys import RowKeys, Unsealable


@dataclass(frozen=True)
class Waiting:
    """A check that waits for a second helper; `helper` is the first one's name."""

    call: Call
    kind: CheckKind
    helper: str


class Calls:
    """Reads and writes calls with the keys that seal them."""

    def __init__(self, keys: RowKeys, pepper: Pepper) -> None:
        self._keys, self._pepper = keys, pepper

    def add(self, connection: Connection, call: Call) -> None:
        """Keep a call; its visit is there."""
        content = {name: value for name, value in vars(call).items() if name != "id"}
        sealed = self._keys.seal(json.dumps(content), _row(call.id))
        connection.execute(insert(CALL).values(id=call.id, content=sealed))

    def find(self, connection: Connection, own_id: str) -> Call | None:
        """Read a call; None where there is none, or somebody else wrote it."""
        row = connection.execute(select(CALL).where(CALL.c.id == own_id)).first()
        return None if row is None else self._call(row)

    def check(
        self, connection: Connection, call: Call, kind: CheckKind, now: int
    ) -> bool:
        """Note what the call's helper did; False where it is noted already."""
        values = {"call": call.id, "kind": str(kind), "at": now, "second": None}
        seal = self._seal(call, kind, now, None)
        statement = insert_into(connection, CALLER_CHECK).values(**values, seal=seal)
        # pressed twice at once it is one
        once = statement.on_conflict_do_nothing().returning(CALLER_CHECK.c.call)
        return connection.execute(once).first() is not None

    def confirm(
        self, connection: Connection, call: Call, kind: CheckKind, second: str
    ) -> bool:
        """Note that a second helper confirms; False where nothing waits for it."""
        waits = (
            (CALLER_CHECK.c.call == call.id)
            & (CALLER_CHECK.c.kind == str(kind))
            & CALLER_CHECK.c.second.is_(None)
        )
        at = connection.scalar(select(CALLER_CHECK.c.at).where(waits))
        if at is None:
            return False
        values = {"second": second, "seal": self._seal(call, kind, at, second)}
        done = connection.execute(update(CALLER_CHECK).where(waits).values(**values))
        return bool(done.rowcount)

    def checks(self, connection: Connection, call: Call) -> tuple[CallerCheck, ...]:
        """Give what was checked in a call, as we wrote it."""
        rows = connection.execute(
            select(CALLER_CHECK).where(CALLER_CHECK.c.call == call.id)
        )
        return tuple(
            CallerCheck(CheckKind(row.kind), row.second)
            for row in rows
            if row.seal == self._seal(call, CheckKind(row.kind), row.at, row.second)
        )

    def waiting(self, connection: Connection, now: float) -> list[Waiting]:
        """Give what waits for a second helper in calls that go on."""
        statement = (
            select(CALL, CALLER_CHECK.c.kind.label("kind"))
            .join(CALLER_CHECK, CALLER_CHECK.c.call == CALL.c.id)
            .where(CALLER_CHECK.c.second.is_(None))
            .where(CALLER_CHECK.c.kind != str(CheckKind.CALL_BACK))
            .order_by(CALLER_CHECK.c.at)
        )
        found = []
        for row in connection.execute(statement):
            call = self._call(row)
            if call is not None and now < call.ends:
                first = people.find(connection, call.helper)
                name = "" if first is None else first.name or first.upn
                found.append(Waiting(call, CheckKind(row.kind), name))
        return found

    def _call(self, row: Row[tuple[object, ...]]) -> Call | None:
        held = row._mapping
        try:
            content = self._keys.open(held["content"], _row(held["id"]))
        except Unsealable:
            return None
        return Call(id=held["id"], **json.loads(content))

    def _seal(self, call: Call, kind: CheckKind, at: int, second: str | None) -> str:
        own = (call.id, call.helper, call.guid, str(kind), str(at), second or "")
        return self._pepper.digest(Purpose.CALLER, *own)


def _row(call: str) -> str:
    return f"call:{call}:content"
