"""What a party signs with the key that it names itself: who holds that key said it.

That proves possession, and nothing of who it is: the fingerprint in an enrolment code
does, or that the key is known from before.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from wire import jose
from wire.keys import BadKeys, PublicKeys
from wire.outcomes import Code, Refused

MAX_BYTES = 8 * 1024


def read_self_signed(token: bytes, kind: str) -> tuple[dict[str, Any], PublicKeys]:
    """Give the claims of a compact JWS and its `keys`, one of which signed it.

    Refused as bad_request, forged_request or unsupported_version.
    """
    if len(token) > MAX_BYTES:
        raise Refused(Code.BAD_REQUEST, f"is over {MAX_BYTES} bytes")
    keys = public_keys(jose.versioned_claims(unproven_payload(token)).get("keys"))
    return jose.read_signed(token, keys, kind), keys


def public_keys(jwks: object) -> PublicKeys:
    """Read the claim `keys`; Refused as bad_request."""
    if not isinstance(jwks, Sequence) or isinstance(jwks, str):
        raise Refused(Code.BAD_REQUEST, "keys: must be a list of public JWKs")
    try:
        return PublicKeys.of(jwks)
    except BadKeys as error:
        raise Refused(Code.BAD_REQUEST, f"keys: {error}") from None


def unproven_payload(token: bytes) -> bytes:
    """Give the payload of a JWS (RFC 7515 section 7.1), which proves nothing yet."""
    parts = token.split(b".")
    payload = parts[1] if len(parts) == 3 else b"!"
    padded = payload + b"=" * (-len(payload) % 4)
    try:
        return base64.b64decode(padded, b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Refused(Code.BAD_REQUEST, "is no signed statement") from None
