"""Wizards that wait to be approved, by the hashes of their two codes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import Row

from portal.database.schema import DEVICE_GRANT
from portal.journeys.device_grant import GrantState
from wire.keys import PublicKeys


@dataclass(frozen=True)
class DeviceGrant:
    """One wizard; times are in Unix seconds.

    `keys` are the agent's public JWKs, whose fingerprint is compared; `request` names
    what it asked with. `link` has the whole code, sealed.
    """

    id: str
    user_code: str
    reference: str
    agent: str
    keys: Sequence[dict[str, Any]]
    request: str
    address: str
    started: float
    ends: float
    polled: float | None
    interval: int
    state: GrantState = GrantState.WAITING
    link: bytes | None = field(default=None, repr=False)

    @property
    def agent_keys(self) -> PublicKeys:
        """The agent's keys, as the wire has them."""
        return PublicKeys.of(self.keys)

    @property
    def row(self) -> str:
        """What its link is sealed for."""
        return f"device_grant:{self.id}:link"


def add(connection: Connection, grant: DeviceGrant) -> None:
    """Keep a wizard that asks."""
    values = {**vars(grant), "state": str(grant.state)}
    connection.execute(insert(DEVICE_GRANT).values(**values))


def of_device(connection: Connection, digest: str) -> DeviceGrant | None:
    """Find one by the hash of its device code, whether its time is over or not."""
    found = select(DEVICE_GRANT).where(DEVICE_GRANT.c.id == digest)
    return _grant(connection.execute(found).first())


def waiting(connection: Connection, digest: str, now: float) -> DeviceGrant | None:
    """Find one that waits in its time, by the hash of its user code."""
    found = select(DEVICE_GRANT).where(
        DEVICE_GRANT.c.user_code == digest,
        DEVICE_GRANT.c.state == str(GrantState.WAITING),
        DEVICE_GRANT.c.ends > now,
    )
    return _grant(connection.execute(found).first())


def decide(
    connection: Connection,
    grant: DeviceGrant,
    state: GrantState,
    link: bytes | None,
    now: float,
) -> bool:
    """Approve or refuse one, once; False where it waits no more."""
    open_one = (
        (DEVICE_GRANT.c.id == grant.id)
        & (DEVICE_GRANT.c.state == str(GrantState.WAITING))
        & (DEVICE_GRANT.c.ends > now)
    )
    changed = update(DEVICE_GRANT).where(open_one).values(state=str(state), link=link)
    return bool(connection.execute(changed).rowcount)


def note_poll(
    connection: Connection, grant: DeviceGrant, interval: int, now: float
) -> None:
    """Note that its wizard asked, and how long it waits from then on."""
    own = DEVICE_GRANT.c.id == grant.id
    values = {"polled": now, "interval": interval}
    connection.execute(update(DEVICE_GRANT).where(own).values(**values))


def take(connection: Connection, grant: DeviceGrant) -> bool:
    """Take what was approved, once; nothing of the code stays."""
    ready = (DEVICE_GRANT.c.id == grant.id) & (
        DEVICE_GRANT.c.state == str(GrantState.APPROVED)
    )
    values = {"state": str(GrantState.TAKEN), "link": None}
    taken = connection.execute(update(DEVICE_GRANT).where(ready).values(**values))
    return bool(taken.rowcount)


def forget_ended(connection: Connection, now: float) -> None:
    """Delete those whose time is over."""
    connection.execute(delete(DEVICE_GRANT).where(DEVICE_GRANT.c.ends <= now))


def _grant(row: Row[Any] | None) -> DeviceGrant | None:
    if row is None:
        return None
    held = dict(row._mapping)
    return DeviceGrant(**{**held, "state": GrantState(held["state"])})
