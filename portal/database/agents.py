"""What agents said of themselves, for all nodes: how often they were started."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from portal.database.schema import AGENT
from portal.database.upsert import insert_into


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
    begun = {"starts": 0, "statement": {}, "keys": [], "asked": now, "failure": ""}
    new = insert_into(connection, AGENT).values(fingerprint=fingerprint, **begun)
    # nodes that begin together hear an agent for the first time together
    connection.execute(new.on_conflict_do_nothing())
    same = AGENT.c.fingerprint == fingerprint
    held = select(AGENT.c.starts).where(same).with_for_update()
    fewer = starts is not None and starts < connection.execute(held).scalar_one()
    values: dict[str, Any] = {"asked": now, "failure": failure[:256]}
    if starts is not None and not fewer:
        values |= {"starts": starts, "statement": dict(statement)}
    connection.execute(update(AGENT).where(same).values(**values))
    return not fewer
