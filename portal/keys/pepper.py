"""Keyed hashes: what the portal must know again, and not read, is kept as one.

Names that were typed, addresses, codes, and the ids in cookies: HMAC-SHA-256 (RFC 2104)
with a key that the database does not hold, and a purpose, so that one kind of hash is
never taken for another.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from enum import StrEnum

from portal.errors import PortalUnusable
from wire.secret import Secret

_LEAST_BYTES = 32


class Purpose(StrEnum):
    """What a hash stands for."""

    JOURNEY = "journey"
    SESSION = "session"
    STAFF = "staff"
    CALLER = "caller"
    BROWSER = "browser"
    NAME = "name"
    ADDRESS = "address"
    CODE = "code"
    RECOVERY_CODE = "recovery code"
    PROVIDER_SIGN_IN = "provider sign-in"
    ANSWER = "answer"
    REGISTRATION_CODE = "registration code"
    BUDGET = "budget"
    FORM = "form"
    TAKEN = "taken"
    EVENT = "event"
    ANCHOR = "audit anchor"
    PASSKEY_USER = "passkey user"
    DEVICE = "device code"
    USER_CODE = "user code"
    NOT_ME = "this was not me"


class Pepper:
    """The key of the hashes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def of(cls, secret: Secret) -> "Pepper":
        """Read the key in base64; PortalUnusable where it is none of 32 bytes."""
        try:
            key = base64.b64decode(secret.reveal(), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) < _LEAST_BYTES:
            rule = "must be at least 32 bytes in base64"
            raise PortalUnusable(
                f"the secret pepper {rule}", "put the right file there"
            )
        return cls(key)

    def digest(self, purpose: Purpose, *values: str) -> str:
        """Hash values for a purpose, as 43 characters of base64url.

        Each value counts with its length: no two lists of values are one.
        """
        mac = hmac.new(self._key, purpose.encode(), hashlib.sha256)
        for value in values:
            encoded = value.encode("utf-8", "surrogatepass")
            mac.update(len(encoded).to_bytes(8, "big") + encoded)
        return base64.urlsafe_b64encode(mac.digest()).decode("ascii").rstrip("=")

    def matches(self, digest: str, purpose: Purpose, *values: str) -> bool:
        """Say whether values have a digest, in the same time whatever it is."""
        return hmac.compare_digest(digest, self.digest(purpose, *values))

    def __repr__(self) -> str:
        return "Pepper(•••)"


def new_pepper() -> Secret:
    """Make a key, as its file holds it."""
    key = secrets.token_bytes(_LEAST_BYTES)
    return Secret(base64.b64encode(key).decode("ascii"))
