"""A portal that takes new keys, and orders so."""

import time

from wire.keys import PrivateKeys
from wire.portal_statement import PortalStatement
from wire.succession import Succession

ISSUER = "https://portal.corp.test"
AGENT_ID = "agent-1"


def order(
    old: PrivateKeys,
    new: PrivateKeys,
    *,
    aud: str = AGENT_ID,
    at: float | None = None,
    issuer: str = ISSUER,
) -> bytes:
    """Order an agent to take the keys `new`, signed with `old`."""
    now = int(time.time() if at is None else at)
    statement = PortalStatement.sign(issuer, new, now)
    return Succession.sign(old, statement, aud, now).token.encode("ascii")
