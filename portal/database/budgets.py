"""The budgets as the database keeps them: one row, one statement, for all nodes."""

from collections.abc import Iterable

from sqlalchemy import Connection, case, delete, select, update

from portal.database.schema import BUDGET
from portal.database.upsert import insert_into
from portal.limits.budget import Budget


def take(connection: Connection, budget: Budget, digest: str, now: float) -> bool:
    """Take one of a budget; False where none is left, and nothing is taken.

    `digest` names the budget and whose it is (`pepper.Purpose.BUDGET`).
    """
    held = BUDGET.c.arrival
    # taken while the clock was far ahead: it would be closed until that time comes
    is_wrong = held > budget.of_another_clock(now)
    statement = insert_into(connection, BUDGET).values(
        id=digest, arrival=now + budget.interval
    )
    later = case((is_wrong, now), (held > now, held), else_=now) + budget.interval
    taken = statement.on_conflict_do_update(
        index_elements=[BUDGET.c.id],
        set_={"arrival": later},
        where=is_wrong | (held <= budget.latest_arrival(now)),
    ).returning(BUDGET.c.arrival)
    return connection.execute(taken).first() is not None


def left(connection: Connection, budget: Budget, digest: str, now: float) -> int:
    """Count what is left of a budget."""
    return budget.left(_arrival(connection, budget, digest, now), now)


def wait(connection: Connection, budget: Budget, digest: str, now: float) -> float:
    """Seconds until there is one more; 0 where there is now."""
    return budget.wait(_arrival(connection, budget, digest, now), now)


def give_back(connection: Connection, budget: Budget, digest: str) -> None:
    """Give one back to a budget that it was taken of."""
    same = BUDGET.c.id == digest
    earlier = BUDGET.c.arrival - budget.interval
    connection.execute(update(BUDGET).where(same).values(arrival=earlier))


def refill(connection: Connection, digests: Iterable[str]) -> None:
    """Make budgets whole again, as after a success."""
    connection.execute(delete(BUDGET).where(BUDGET.c.id.in_(list(digests))))


def forget_full(connection: Connection, now: float) -> None:
    """Delete what is full again: it says nothing any more."""
    connection.execute(delete(BUDGET).where(BUDGET.c.arrival < now))


def _arrival(connection: Connection, budget: Budget, digest: str, now: float) -> float:
    held = connection.scalar(select(BUDGET.c.arrival).where(BUDGET.c.id == digest))
    if held is None or held > budget.of_another_clock(now):
        return now
    return float(held)
