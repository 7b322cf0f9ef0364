"""What `POST <agent>/portal` is answered: the portal's new keys were taken, or not."""

import logging
from collections.abc import Callable

from agent.keys.portals import PortalKeyAge
from agent.request import audit
from agent.request.identity import Identity
from wire import jose
from wire.hybrid_connections import RelayResponse
from wire.outcomes import OUTCOMES, Code, Refused

LOG = logging.getLogger("agent.request.succession")

KIND = "writeback-succeeded+jwt"


def answer(
    body: bytes, identity: Identity, succeed: Callable[[bytes], PortalKeyAge]
) -> RelayResponse:
    """Take a portal's new keys; the answer is signed and names the order."""
    try:
        taken = succeed(body)
    except Refused as refused:
        return _refused(refused.code, body, identity)
    except OSError as error:
        LOG.error("the portal's keys can't be kept: %s", error.strerror)
        return _refused(Code.INTERNAL, body, identity)
    claims = {
        "request": jose.body_hash(body),
        "fingerprint": taken.fingerprint,
        "former_until": taken.former_until,
    }
    return identity.signed(claims, KIND)


def _refused(code: Code, body: bytes, identity: Identity) -> RelayResponse:
    outcome = OUTCOMES[code]
    claims = {"code": code.value, "message": outcome.user, "id": audit.new_id()}
    return identity.refused(claims, body)
