"""What administrators were told: once of each thing, and so often an hour of a kind."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from portal.database.schema import NOTICE_HOUR, TOLD
from portal.database.upsert import insert_into

HOUR_S = 3600


@dataclass(frozen=True)
class HeldBack:
    """So many notices of a kind were held back in the hour from `began` on."""

    kind: str
    began: int
    held: int


def is_first(connection: Connection, kind: str, subject: str, now: float) -> bool:
    """Note that something was told; False where it was before, and is so still."""
    told = insert_into(connection, TOLD).values(kind=kind, subject=subject, at=int(now))
    same = [TOLD.c.kind, TOLD.c.subject]
    first = told.on_conflict_do_nothing(index_elements=same).returning(TOLD.c.at)
    return connection.execute(first).first() is not None


def is_over(connection: Connection, kind: str, subject: str) -> None:
    """Forget that something was told: when it begins anew it is told again."""
    over = (TOLD.c.kind == kind) & (TOLD.c.subject == subject)
    connection.execute(delete(TOLD).where(over))


def are_over(connection: Connection, kind: str, but: str = "") -> None:
    """Forget what was told of a kind, but of one subject."""
    over = (TOLD.c.kind == kind) & (TOLD.c.subject != but)
    connection.execute(delete(TOLD).where(over))


def may_send(connection: Connection, kind: str, most: int, now: float) -> bool:
    """Count one more of a kind; False where so many went in this hour already."""
    own = NOTICE_HOUR.c.kind == kind
    # of two nodes that begin at once neither fails: a reset waits for this
    begun = insert_into(connection, NOTICE_HOUR).values(
        kind=kind, began=int(now), sent=0, held=0
    )
    connection.execute(
        begun.on_conflict_do_nothing(index_elements=[NOTICE_HOUR.c.kind])
    )
    row = connection.execute(select(NOTICE_HOUR).where(own).with_for_update()).one()
    if now >= row.began + HOUR_S and not row.held:
        values = {"began": int(now), "sent": 1}
        connection.execute(update(NOTICE_HOUR).where(own).values(**values))
        return True
    if row.sent < most:
        connection.execute(update(NOTICE_HOUR).where(own).values(sent=row.sent + 1))
        return True
    connection.execute(update(NOTICE_HOUR).where(own).values(held=row.held + 1))
    return False


def take_held_back(connection: Connection, now: float) -> list[HeldBack]:
    """Take what was held back in hours that are over, to say how many it was."""
    over = (NOTICE_HOUR.c.began <= now - HOUR_S) & (NOTICE_HOUR.c.held > 0)
    ended = delete(NOTICE_HOUR).where(over).returning(NOTICE_HOUR)
    rows = connection.execute(ended).all()
    return [HeldBack(row.kind, row.began, row.held) for row in rows]
