"""Keys of the parties on the wire, and the fingerprints people compare.

A party (an agent, a portal, the agent's self-test) has two P-256 keys: one signs
(ES256, RFC 7518 section 3.4), one is sealed to (ECDH-ES+A256KW, section 4.6).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from wire.failure import Failure
from wire.secret import Secret
from wire.text import Text

CURVE = "P-256"
PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "use", "kid")

Jwk = Mapping[str, Any]


class BadKeys(Failure):
    """A set of keys is not the two P-256 keys a party has."""


@dataclass(frozen=True)
class PublicKeys:
    """What others know of a party."""

    signing: ECKey
    sealing: ECKey

    @classmethod
    def of(cls, jwks: Sequence[Jwk]) -> Self:
        """Read two public JWKs, one with use=sig and one with use=enc (RFC 7517).

        BadKeys names the member that is wrong.
        """
        return cls(_one(jwks, "sig"), _one(jwks, "enc"))

    def jwks(self) -> list[dict[str, Any]]:
        """Give the keys as public JWKs, signing first."""
        return [_public(self.signing, "sig"), _public(self.sealing, "enc")]

    @property
    def fingerprint(self) -> str:
        """The fingerprint as people read it."""
        return fingerprint(self.jwks())


@dataclass(frozen=True, repr=False)
class PrivateKeys:
    """A party's own keys."""

    signing: ECKey
    sealing: ECKey

    @classmethod
    def generate(cls) -> Self:
        """Make new keys."""
        return cls(ECKey.generate_key(CURVE), ECKey.generate_key(CURVE))

    @classmethod
    def of(cls, secret: Secret) -> Self:
        """Read what `secret` wrote; BadKeys where it is no pair of private keys."""
        try:
            stored = json.loads(secret.reveal())
            keys = cls(ECKey.import_key(stored["sig"]), ECKey.import_key(stored["enc"]))
        except (JoseError, ValueError, KeyError, TypeError):
            raise BadKeys(Text("the stored private keys can't be read")) from None
        if not (keys.signing.is_private and keys.sealing.is_private):
            raise BadKeys(Text("the stored keys are not private keys"))
        return keys

    def secret(self) -> Secret:
        """Give the keys as the text that is kept as a secret."""
        pair = {
            "sig": self.signing.as_dict(private=True),
            "enc": self.sealing.as_dict(private=True),
        }
        return Secret(json.dumps(pair))

    @property
    def public(self) -> PublicKeys:
        """The half that others may know."""
        return PublicKeys(
            ECKey.import_key(_public(self.signing, "sig")),
            ECKey.import_key(_public(self.sealing, "enc")),
        )

    def __repr__(self) -> str:
        return "PrivateKeys(•••)"


def fingerprint_digest(jwks: Sequence[Jwk]) -> bytes:
    """Hash both keys: SHA-256 over their RFC 7638 thumbprints, joined by a dot."""
    keys = PublicKeys.of(jwks)
    joined = f"{keys.signing.thumbprint()}.{keys.sealing.thumbprint()}"
    return hashlib.sha256(joined.encode("ascii")).digest()


def fingerprint(jwks: Sequence[Jwk]) -> str:
    """Spell the digest in groups of four hexadecimal digits."""
    digits = fingerprint_digest(jwks).hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _public(key: ECKey, use: str) -> dict[str, Any]:
    known = key.as_dict(private=False)
    public = {member: known[member] for member in PUBLIC_MEMBERS if member in known}
    return public | {"use": use, "kid": key.thumbprint()}


def _one(jwks: Iterable[Jwk], use: str) -> ECKey:
    own = [jwk for jwk in jwks if isinstance(jwk, Mapping) and jwk.get("use") == use]
    if len(own) != 1:
        count = len(own)
        rule = Text(
            "needs exactly one key with use={use}, has {count}", use=use, count=count
        )
        raise BadKeys(rule)
    if own[0].get("kty") != "EC" or own[0].get("crv") != CURVE:
        rule = Text(
            "the key with use={use} must be EC on {curve}", use=use, curve=CURVE
        )
        raise BadKeys(rule)
    if "d" in own[0]:
        raise BadKeys(
            Text("the key with use={use} is private; give only public keys", use=use)
        )
    members = {
        name: own[0][name] for name in ("kty", "crv", "x", "y") if name in own[0]
    }
    try:
        key = ECKey.import_key(members)
        key.thumbprint()
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise BadKeys(Text("the key with use={use} can't be read", use=use)) from error
    return ECKey.import_key(members | {"use": use, "kid": key.thumbprint()})
