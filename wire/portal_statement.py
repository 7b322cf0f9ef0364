"""What a portal says of itself, signed: its issuer and its keys (docs/wire.md).

A relay hands it on as it is. The enrolment code has the fingerprint of the key that
signed it, so that issuer and sealing keys are proven by the code too.
"""

from dataclasses import dataclass
from typing import Self

from wire import jose, names
from wire.keys import PrivateKeys, PublicKeys, fingerprint_digest
from wire.outcomes import Code, Refused
from wire.self_signed import read_self_signed

KIND = "writeback-portal+jwt"


@dataclass(frozen=True)
class PortalStatement:
    """A statement whose signature was checked; `token` is the JWS itself."""

    issuer: str
    keys: PublicKeys
    issued_at: int
    token: str

    @classmethod
    def sign(cls, issuer: str, keys: PrivateKeys, now: int) -> Self:
        """Make a portal's statement; `now` in Unix seconds."""
        claims = {"iss": names.issuer(issuer), "iat": now, "keys": keys.public.jwks()}
        token = jose.sign(claims, keys, KIND).decode("ascii")
        return cls(issuer, keys.public, now, token)

    @classmethod
    def read(cls, token: object) -> Self:
        """Check a statement; Refused names the claim that is wrong."""
        if not isinstance(token, str) or not token.isascii():
            raise Refused(Code.BAD_REQUEST, "is no signed statement")
        claims, keys = read_self_signed(token.encode("ascii"), KIND)
        issued_at = claims.get("iat")
        if type(issued_at) is not int or not 0 <= issued_at < 2**53:
            raise Refused(Code.BAD_REQUEST, "iat: must be a time in Unix seconds")
        try:
            issuer = names.issuer(str(claims.get("iss")))
        except ValueError as error:
            raise Refused(Code.BAD_REQUEST, f"iss: {error}") from None
        return cls(issuer, keys, issued_at, token)

    @property
    def digest(self) -> bytes:
        """The digest of the portal's fingerprint."""
        return fingerprint_digest(self.keys.jwks())
