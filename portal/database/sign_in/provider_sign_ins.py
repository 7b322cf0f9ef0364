"""Sign-ins at the identity provider that are under way; each comes back once."""

from sqlalchemy import Connection, delete, insert

from portal.database.schema import PROVIDER_SIGN_IN


def add(connection: Connection, own_id: str, content: bytes, ends: int) -> None:
    """Keep what is needed when somebody is back; `content` is sealed."""
    connection.execute(
        insert(PROVIDER_SIGN_IN).values(id=own_id, content=content, ends=ends)
    )


def take(connection: Connection, own_id: str, now: float) -> bytes | None:
    """Give what was kept, and forget it; None where it is over, or was taken."""
    own = delete(PROVIDER_SIGN_IN).where(PROVIDER_SIGN_IN.c.id == own_id)
    row = connection.execute(
        own.returning(PROVIDER_SIGN_IN.c.content, PROVIDER_SIGN_IN.c.ends)
    ).first()
    return None if row is None or row.ends <= now else row.content


def forget_ended(connection: Connection, now: int) -> None:
    """Delete what has ended."""
    connection.execute(delete(PROVIDER_SIGN_IN).where(PROVIDER_SIGN_IN.c.ends <= now))
