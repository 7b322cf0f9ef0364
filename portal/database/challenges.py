"""Challenges for passkeys: random, of one visit, good once and for a short time.

One is kept of each use; who has the database and no passkey can do nothing with them.
"""

from enum import StrEnum

from sqlalchemy import Connection, delete, insert

from portal.database.schema import CHALLENGE


class ChallengeUse(StrEnum):
    """What a challenge is for; the values are stored."""

    REGISTER = "register"
    PROVE = "prove"


def replace(
    connection: Connection, visit: str, use: ChallengeUse, challenge: str, ends: int
) -> None:
    """Keep a challenge until `ends`, in Unix seconds; the one of before is over."""
    same = (CHALLENGE.c.journey == visit) & (CHALLENGE.c.use == str(use))
    connection.execute(delete(CHALLENGE).where(same))
    values = {"journey": visit, "use": str(use), "challenge": challenge, "ends": ends}
    connection.execute(insert(CHALLENGE).values(**values))


def take(
    connection: Connection, visit: str, use: ChallengeUse, now: float
) -> str | None:
    """Take a visit's challenge, once; None where there is none, or it is over."""
    held = (
        (CHALLENGE.c.journey == visit)
        & (CHALLENGE.c.use == str(use))
        & (CHALLENGE.c.ends > now)
    )
    taken = delete(CHALLENGE).where(held).returning(CHALLENGE.c.challenge)
    return connection.scalar(taken)
