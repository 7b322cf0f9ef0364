"""The budgets as the database keeps them: one row, one statement, for all nodes."""

from collections.abc import Iterable
from functools import cache

from sqlalchemy import (
    Connection,
    Executable,
    Float,
    bindparam,
    case,
    delete,
    select,
    update,
)

from portal.database.schema import BUDGET
from portal.database.upsert import insert_of
from portal.limits.budget import Budget

_HELD = select(BUDGET.c.arrival).where(BUDGET.c.id == bindparam("budget"))


def take(connection: Connection, budget: Budget, digest: str, now: float) -> bool:
    """Take one of a budget; False where none is left, and nothing is taken.

    `digest` names the budget and whose it is (`pepper.Purpose.BUDGET`).
    """
    values = {
        "budget": digest,
        "now": now,
        "interval": budget.interval,
        "first": now + budget.interval,
        "latest": budget.latest_arrival(now),
        "wrong": budget.of_another_clock(now),
    }
    taken = connection.execute(_taking(connection.dialect.name), values)
    return taken.first() is not None


@cache
def _taking(dialect: str) -> Executable:
    """Make the statement that takes one, for a kind of database."""
    now, interval, first, latest, wrong = (
        bindparam(name, type_=Float)
        for name in ("now", "interval", "first", "latest", "wrong")
    )
    held = BUDGET.c.arrival
    # taken while the clock was far ahead: it would be closed until that time comes
    is_wrong = held > wrong
    statement = insert_of(dialect, BUDGET).values(id=bindparam("budget"), arrival=first)
    later = case((is_wrong, now), (held > now, held), else_=now) + interval
    return statement.on_conflict_do_update(
        index_elements=[BUDGET.c.id],
        set_={"arrival": later},
        where=is_wrong | (held <= latest),
    ).returning(BUDGET.c.arrival)


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
    held = connection.scalar(_HELD, {"budget": digest})
    if held is None or held > budget.of_another_clock(now):
        return now
    return float(held)
