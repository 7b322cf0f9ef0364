"""Codes in mails by which their reader says: this was not me. As hashes."""

from sqlalchemy import Connection, delete, insert, select

from portal.database.schema import NOT_ME_CODE


def add(connection: Connection, digest: str, guid: str, ends: int) -> None:
    """Keep a code that was mailed to a person, until a time in Unix seconds."""
    connection.execute(
        insert(NOT_ME_CODE).values(digest=digest, person=guid, ends=ends)
    )


def person_of(connection: Connection, digest: str, now: float) -> str | None:
    """Give whom a code was mailed to; None where it is none, or its time is over."""
    good = (NOT_ME_CODE.c.digest == digest) & (NOT_ME_CODE.c.ends > now)
    return connection.scalar(select(NOT_ME_CODE.c.person).where(good))


def forget_of(connection: Connection, guid: str) -> None:
    """Make the codes of a person worthless, as when self-service is on again."""
    connection.execute(delete(NOT_ME_CODE).where(NOT_ME_CODE.c.person == guid))


def forget_ended(connection: Connection, now: float) -> None:
    """Delete those whose time is over."""
    connection.execute(delete(NOT_ME_CODE).where(NOT_ME_CODE.c.ends <= now))
