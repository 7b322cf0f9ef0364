"""Challenges for passkeys: random, of one visit, good once and for a short time.

One is kept of each use; who has the database and no passkey can do nothing with them.
"""

from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert

from portal.database.schema import CHALLENGE

# made once (`portal.database.visits`)
_SAME = (CHALLENGE.c.journey == bindparam("visit")) & (
    CHALLENGE.c.use == bindparam("of")
)
_DROP, _KEEP = delete(CHALLENGE).where(_SAME), insert(CHALLENGE)
_TAKE = (
    delete(CHALLENGE)
    .where(_SAME & (CHALLENGE.c.ends > bindparam("now")))
    .returning(CHALLENGE.c.challenge)
)


class ChallengeUse(StrEnum):
    """What a challenge is for; the values are stored."""

    REGISTER = "register"
    PROVE = "prove"


def replace(
    connection: Connection, visit: str, use: ChallengeUse, challenge: str, ends: int
) -> None:
    """Keep a challenge until `ends`, in Unix seconds; the one of before is over."""
    connection.execute(_DROP, {"visit": visit, "of": str(use)})
    values = {"journey": visit, "use": str(use), "challenge": challenge, "ends": ends}
    connection.execute(_KEEP, values)


def take(
    connection: Connection, visit: str, use: ChallengeUse, now: float
) -> str | None:
    """Take a visit's challenge, once; None where there is none, or it is over."""
    return connection.scalar(_TAKE, {"visit": visit, "of": str(use), "now": now})
