"""What agents said of themselves, for all nodes: how often they were started."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from portal.database.schema import AGENT


def remember(
    connection: Connection,
    fingerprint: str,
    *,
    starts: int | None,
    statement: Mapping[str, Any],
    failure: str,
    now: float,
) -> bool:
    """Note what an agent said, or why nothing came.

    False where it counts fewer starts than it did: its machine was restored from an
    older state, or is a copy (docs/wire.md).
    """
    same = AGENT.c.fingerprint == fingerprint
    known = connection.execute(select(AGENT.c.starts).where(same)).scalar()
    fewer = known is not None and starts is not None and starts < known
    values: dict[str, Any] = {"asked": now, "failure": failure[:256]}
    if starts is not None and not fewer:
        values |= {"starts": starts, "statement": dict(statement)}
    if known is None:
        whole = {"starts": 0, "statement": {}, "keys": [], **values}
        connection.execute(insert(AGENT).values(fingerprint=fingerprint, **whole))
    else:
        connection.execute(update(AGENT).where(same).values(**values))
    return not fewer
