"""Signed-in browsers, by the hash of their cookie; each can be ended at the server."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from portal.database.schema import PERSON, SESSION

_MOST_SKEW_S = 60  # between nodes
# made once (`portal.database.visits`)
_FIND = (
    select(SESSION)
    .join(PERSON, PERSON.c.guid == SESSION.c.person)
    .where(
        SESSION.c.id == bindparam("session"),
        SESSION.c.ends > bindparam("now"),
        # begun by a clock that was ahead, it would last for as long as that was
        SESSION.c.started <= bindparam("latest"),
        SESSION.c.epoch == PERSON.c.epoch,
    )
)
_END_ALL = delete(SESSION).where(SESSION.c.person == bindparam("own"))


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in; times are in Unix seconds.

    `sign_in` is the agent's word that the password was right, sealed.
    """

    id: str
    person: str
    epoch: int
    roles: tuple[str, ...]
    started: int
    sign_in: bytes | None
    seen: int
    ends: int
    browser: str | None
    address: str


def add(connection: Connection, session: Session) -> None:
    """Sign a browser in."""
    values = {**vars(session), "roles": list(session.roles)}
    connection.execute(insert(SESSION).values(**values))


def find(connection: Connection, session: str, now: int) -> Session | None:
    """Read a session that has not ended; a person's new epoch ends those of before."""
    values = {"session": session, "now": now, "latest": now + _MOST_SKEW_S}
    row = connection.execute(_FIND, values).first()
    if row is None:
        return None
    held = dict(row._mapping)
    return Session(**{**held, "roles": tuple(held["roles"])})


def touch(connection: Connection, session: str, now: int) -> None:
    """Note that a session is used."""
    same = SESSION.c.id == session
    connection.execute(update(SESSION).where(same).values(seen=now))


def end(connection: Connection, session: str) -> None:
    """Sign a browser out."""
    connection.execute(delete(SESSION).where(SESSION.c.id == session))


def end_all(connection: Connection, guid: str) -> None:
    """Sign a person out of every browser."""
    connection.execute(_END_ALL, {"own": guid})


def forget_ended(connection: Connection, now: int) -> None:
    """Delete what has ended."""
    connection.execute(delete(SESSION).where(SESSION.c.ends <= now))
