"""Signed-in browsers, by the hash of their cookie; each can be ended at the server."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from portal.database.schema import PERSON, SESSION

_MOST_SKEW_S = 60  # between nodes


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
    statement = (
        select(SESSION)
        .join(PERSON, PERSON.c.guid == SESSION.c.person)
        .where(
            SESSION.c.id == session,
            SESSION.c.ends > now,
            # begun by a clock that was ahead, it would last for as long as that was
            SESSION.c.started <= now + _MOST_SKEW_S,
            SESSION.c.epoch == PERSON.c.epoch,
        )
    )
    row = connection.execute(statement).first()
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
    connection.execute(delete(SESSION).where(SESSION.c.person == guid))


def forget_ended(connection: Connection, now: int) -> None:
    """Delete what has ended."""
    connection.execute(delete(SESSION).where(SESSION.c.ends <= now))
