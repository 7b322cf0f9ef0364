"""Codes that were sent in a visit, as hashes; there is one, too, where none went."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select, update

from portal.database.schema import CODE
from portal.database.upsert import insert_into
from wire.self_service.proof_kind import ProofKind


@dataclass(frozen=True)
class SentCode:
    """The last code of a kind; `proof` is None where it went to nobody."""

    id: str
    proof: str | None
    digest: str
    sent: int
    ends: int
    tries: int


def replace(
    connection: Connection,
    visit: str,
    kind: ProofKind,
    *,
    proof: str | None,
    digest: str,
    now: float,
    lifetime_s: int,
) -> None:
    """Keep a new code; the one of before is good no more, its tries still count."""
    new = {
        "proof": proof,
        "digest": digest,
        "sent": int(now),
        "ends": int(now) + lifetime_s,
    }
    statement = insert_into(connection, CODE).values(
        id=str(uuid.uuid4()), journey=visit, kind=str(kind), tries=0, **new
    )
    same = [CODE.c.journey, CODE.c.kind]
    connection.execute(statement.on_conflict_do_update(index_elements=same, set_=new))


def last(connection: Connection, visit: str, kind: ProofKind) -> SentCode | None:
    """Give the last code of a kind in a visit."""
    row = connection.execute(select(CODE).where(_of(visit, kind))).first()
    if row is None:
        return None
    return SentCode(row.id, row.proof, row.digest, row.sent, row.ends, row.tries)


def count_try(connection: Connection, code: str, most: int) -> bool:
    """Count one more try; False where all were used before."""
    open_one = (CODE.c.id == code) & (CODE.c.tries < most)
    counted = connection.execute(
        update(CODE).where(open_one).values(tries=CODE.c.tries + 1)
    )
    return bool(counted.rowcount)


def use_up(connection: Connection, code: str) -> None:
    """Make a code worthless, as after it was right."""
    connection.execute(update(CODE).where(CODE.c.id == code).values(ends=0))


def _of(visit: str, kind: ProofKind) -> ColumnElement[bool]:
    return (CODE.c.journey == visit) & (CODE.c.kind == str(kind))
