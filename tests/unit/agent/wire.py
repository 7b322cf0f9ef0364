"""A portal and an agent that know each other, for tests of the wire."""

import time
from typing import Any

from wire.keys import PrivateKeys
from wire.messages import Portal, new_jti

AGENT_ID = "agent-1"
ISSUER = "https://portal.corp.test"
CANARY = "Canary-7f3a-Passw0rd!"
AGENT = PrivateKeys.generate()
PORTAL = PrivateKeys.generate()
STRANGER = PrivateKeys.generate()
PORTALS = {PORTAL.public.signing.thumbprint(): Portal(ISSUER, PORTAL.public)}


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    head: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AGENT_ID,
        "iat": now,
        "exp": now + 60,
        "jti": new_jti(),
        "op": "reset",
        "user": {"by": "mail", "value": "anna@corp.test"},
        "new_password": CANARY,
    }
    return head | more
