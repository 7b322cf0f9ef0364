"""Figures of a while: what was done and refused, and how long people waited."""

from collections import Counter
from collections.abc import Iterable
from statistics import median

from sqlalchemy import Connection, func, select

from portal.audit.event import EventKind
from portal.database.schema import EVENT

_MOST_TIMES = 2000
_WRITES = (
    EventKind.PASSWORD_RESET,
    EventKind.PASSWORD_CHANGED,
    EventKind.ACCOUNT_UNLOCKED,
)


def outcomes(connection: Connection, since: float) -> Counter[tuple[EventKind, str]]:
    """Count writes since a time, by kind and code."""
    rows = connection.execute(
        select(EVENT.c.kind, EVENT.c.code, func.count())
        .where(EVENT.c.kind.in_(list(map(str, _WRITES))), EVENT.c.at >= int(since))
        .group_by(EVENT.c.kind, EVENT.c.code)
    )
    return Counter({(EventKind(kind), code): count for kind, code, count in rows})


def median_ms(connection: Connection, since: float) -> float | None:
    """Give what people waited for a reset, of the last 2 000; None: there were none."""
    rows = connection.execute(
        select(EVENT.c.detail)
        .where(
            EVENT.c.kind == str(EventKind.PASSWORD_RESET),
            EVENT.c.at >= int(since),
            EVENT.c.code.in_(["ok", "partial"]),
        )
        .order_by(EVENT.c.at.desc())
        .limit(_MOST_TIMES)
    )
    times = list(_times(row.detail for row in rows))
    return median(times) if times else None


def _times(details: Iterable[object]) -> Iterable[float]:
    for each in details:
        ms = each.get("ms") if isinstance(each, dict) else None
        if isinstance(ms, int | float):
            yield ms
