"""What an agent signs of a person, for agents to see again; a portal keeps it.

A receipt says that a verification method was registered, a sign-in that a password was
right. Each has the public key that signed it (`jwk`, RFC 7515 section 4.1.3): whoever
reads it knows the fingerprint of that key from elsewhere, or takes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from wire import jose
from wire.keys import BadKeys, PrivateKeys, signing_jwk, signing_key, thumbprint_digits
from wire.outcomes import Code, Refused
from wire.self_service.proof_kind import ProofKind

RECEIPT, SIGN_IN = "writeback-receipt+jwt", "writeback-sign-in+jwt"
MOST_CHARACTERS = 1280
# whether the key of a fingerprint, 64 hexadecimal digits, may have signed
Knows = Callable[[str], bool]


@dataclass(frozen=True)
class Receipt:
    """That a person had a verification method registered at a portal.

    `portal` is its issuer, `person` an objectGUID, `id` the hash of what was
    registered; it was first `registered`, and last confirmed, which is `issued_at`,
    both in Unix seconds.
    """

    portal: str
    person: UUID
    kind: ProofKind
    id: str
    registered: int
    issued_at: int

    def signed(self, agent: str, keys: PrivateKeys) -> str:
        """Give it as the token that a portal keeps."""
        own = {"kind": str(self.kind), "id": self.id, "registered": self.registered}
        return _signed(self, own, RECEIPT, agent, keys)

    @classmethod
    def read(cls, token: str, knows: Knows) -> Self:
        """Read a token; Refused where it is none, or of nobody that is known."""
        claims = _claims(token, RECEIPT, knows)
        try:
            return cls(
                *_person(claims),
                ProofKind(claims["kind"]),
                str(claims["id"]),
                _seconds(claims, "registered"),
                _seconds(claims, "iat"),
            )
        except (KeyError, TypeError, ValueError):
            raise Refused(Code.BAD_REQUEST, "is not in its form") from None


@dataclass(frozen=True)
class SignIn:
    """That the directory took a person's password, which a portal sent."""

    portal: str
    person: UUID
    issued_at: int

    def signed(self, agent: str, keys: PrivateKeys) -> str:
        """Give it as the token that a portal keeps."""
        return _signed(self, {}, SIGN_IN, agent, keys)

    @classmethod
    def read(cls, token: str, knows: Knows) -> Self:
        """Read a token; Refused as `Receipt.read` does."""
        claims = _claims(token, SIGN_IN, knows)
        try:
            return cls(*_person(claims), _seconds(claims, "iat"))
        except (KeyError, TypeError, ValueError):
            raise Refused(Code.BAD_REQUEST, "is not in its form") from None


def _signed(
    said: Receipt | SignIn,
    own: dict[str, Any],
    kind: str,
    agent: str,
    keys: PrivateKeys,
) -> str:
    claims = {
        "iss": agent,
        "aud": said.portal,
        "iat": said.issued_at,
        "guid": str(said.person),
        **own,
    }
    signer = {"jwk": signing_jwk(keys)}
    return jose.sign(claims, keys, kind, **signer).decode("ascii")


def _claims(token: str, kind: str, knows: Knows) -> dict[str, Any]:
    """Check who signed before what; Refused as forged_request and the like."""
    if len(token) > MOST_CHARACTERS or not token.isascii():
        raise Refused(Code.BAD_REQUEST, f"has over {MOST_CHARACTERS} characters")
    raw = token.encode("ascii")
    try:
        key = signing_key(jose.token_header(raw).get("jwk"))
    except BadKeys:
        raise Refused(Code.FORGED_REQUEST, "does not name the key it is of") from None
    if not knows(thumbprint_digits(key)):
        raise Refused(Code.FORGED_REQUEST, "is of an agent that is not trusted")
    return jose.versioned_claims(jose.verify_token(raw, key, kind))


def _person(claims: dict[str, Any]) -> tuple[str, UUID]:
    return str(claims["aud"]), UUID(claims["guid"])


def _seconds(claims: dict[str, Any], name: str) -> int:
    value = claims[name]
    if type(value) is not int or value < 0:
        raise ValueError(name)
    return value
