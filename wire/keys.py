"""Keys of the parties on the wire, and the fingerprints people compare.

A party (an agent, a portal, the agent's self-test) has P-256 keys: one signs (ES256,
RFC 7518 section 3.4) and is who it is; to the others is sealed (ECDH-ES+A256KW,
section 4.6). They are replaced often, so that there are several for a while: the
current one, and former ones that still open what was sealed to them before.
"""

import base64
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from wire.failure import Failure
from wire.secret import Secret
from wire.text import Text

CURVE = "P-256"
PUBLIC_MEMBERS = ("kty", "crv", "x", "y", "use", "kid")
MAX_SEALING_KEYS = 4
_UNREADABLE = Text("the stored private keys can't be read")

Jwk = Mapping[str, Any]


class BadKeys(Failure):
    """A set of keys is not the P-256 keys a party has."""


@dataclass(frozen=True)
class PublicKeys:
    """What others know of a party; `sealing` is the current one to seal to."""

    signing: ECKey
    sealing: ECKey
    former: tuple[ECKey, ...] = ()

    @classmethod
    def of(cls, jwks: Sequence[Jwk]) -> Self:
        """Read public JWKs (RFC 7517), one of use=sig and one to four of use=enc.

        The first of use=enc is the current one. BadKeys names the member that is wrong.
        """
        (signing,) = _of_use(jwks, "sig", 1)
        sealing, *former = _of_use(jwks, "enc", MAX_SEALING_KEYS)
        own = (signing, sealing, *former)
        if len({key.thumbprint() for key in own}) < len(own):
            raise BadKeys(Text("one key is given twice; each use needs its own"))
        return cls(signing, sealing, tuple(former))

    def jwks(self) -> list[dict[str, Any]]:
        """Give the keys as public JWKs: signing, sealing, former ones."""
        sealing = (self.sealing, *self.former)
        return [_public(self.signing, "sig"), *(_public(key, "enc") for key in sealing)]

    @property
    def fingerprint(self) -> str:
        """The fingerprint as people read it."""
        return fingerprint(self.jwks())


@dataclass(frozen=True, repr=False)
class PrivateKeys:
    """A party's own keys; nothing is sealed to `former` ones any more."""

    signing: ECKey
    sealing: ECKey
    former: tuple[ECKey, ...] = ()

    @classmethod
    def generate(cls) -> Self:
        """Make new keys."""
        return cls(new_key(), new_key())

    @classmethod
    def of(cls, secret: Secret) -> Self:
        """Read what `secret` wrote, also before there were several sealing keys.

        BadKeys where they are no private keys.
        """
        try:
            stored = json.loads(secret.reveal())
            signing, sealing = stored["sig"], stored["enc"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadKeys(_UNREADABLE) from None
        openers = _private(sealing if isinstance(sealing, list) else [sealing])
        return cls(_private([signing])[0], openers[0], tuple(openers[1:]))

    def secret(self) -> Secret:
        """Give the keys as the text that is kept as a secret."""
        openers = self.sealing_jwks()
        # one alone is written as it always was: an older program reads it
        sealing = openers if self.former else openers[0]
        stored = {"sig": self.signing.as_dict(private=True), "enc": sealing}
        return Secret(json.dumps(stored))

    def sealing_jwks(self) -> list[dict[str, Any]]:
        """Give the sealing keys as private JWKs, the current one first."""
        return [dict(key.as_dict(private=True)) for key in self.openers]

    def with_sealing(self, jwks: Sequence[Jwk]) -> Self:
        """Give this party with other sealing keys, private JWKs; BadKeys: are none."""
        current, *former = _private(jwks)
        return replace(self, sealing=current, former=tuple(former))

    def rolled(self) -> Self:
        """Give this party with a new sealing key before those that it has."""
        former = self.openers[: MAX_SEALING_KEYS - 1]
        return replace(self, sealing=new_key(), former=former)

    def without(self, kids: Collection[str]) -> Self:
        """Give this party without some of its former sealing keys."""
        kept = (key for key in self.former if key.thumbprint() not in kids)
        return replace(self, former=tuple(kept))

    @property
    def openers(self) -> tuple[ECKey, ...]:
        """The keys that open what is sealed for this party, the current one first."""
        return (self.sealing, *self.former)

    def opener(self, kid: object) -> ECKey | None:
        """Give the sealing key of this id (RFC 7638 thumbprint); None: no such key."""
        return next((key for key in self.openers if key.thumbprint() == kid), None)

    @property
    def public(self) -> PublicKeys:
        """The half that others may know."""
        signing = ECKey.import_key(_public(self.signing, "sig"))
        sealing, *former = (
            ECKey.import_key(_public(key, "enc")) for key in self.openers
        )
        return PublicKeys(signing, sealing, tuple(former))

    def __repr__(self) -> str:
        return "PrivateKeys(•••)"


def new_key() -> ECKey:
    """Make a key, to sign or to be sealed to."""
    return ECKey.generate_key(CURVE)


def signing_jwk(keys: PrivateKeys) -> dict[str, Any]:
    """Give the public half of a signing key by the members that its thumbprint has."""
    known = keys.signing.as_dict(private=False)
    return {member: known[member] for member in ("kty", "crv", "x", "y")}


def signing_key(jwk: object) -> ECKey:
    """Read a public key that signed, as `signing_jwk` gives it; BadKeys: is none."""
    return _key(jwk if isinstance(jwk, Mapping) else {}, "sig")


def thumbprint_digits(key: ECKey) -> str:
    """Spell a key's SHA-256 thumbprint as a fingerprint without blanks."""
    return base64.urlsafe_b64decode(f"{key.thumbprint()}=").hex().upper()


def fingerprint_digest(jwks: Sequence[Jwk]) -> bytes:
    """Hash the signing key: its SHA-256 thumbprint (RFC 7638), 32 bytes.

    The signing key alone is who a party is: it vouches for its sealing keys.
    """
    (signing,) = _of_use(jwks, "sig", 1)
    return base64.urlsafe_b64decode(f"{signing.thumbprint()}=")


def fingerprint(jwks: Sequence[Jwk]) -> str:
    """Spell the digest in groups of four hexadecimal digits."""
    return spell_fingerprint(fingerprint_digest(jwks))


def spell_fingerprint(digest: bytes) -> str:
    """Spell a digest, or its first bytes, as people compare it."""
    digits = digest.hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _private(jwks: Sequence[Jwk]) -> list[ECKey]:
    try:
        keys = [ECKey.import_key(dict(jwk)) for jwk in jwks]
        curves = {key.curve_name for key in keys}
    except (JoseError, ValueError, KeyError, TypeError):
        raise BadKeys(_UNREADABLE) from None
    if curves != {CURVE} or not all(key.is_private for key in keys):
        raise BadKeys(Text("the stored keys are not private keys"))
    return keys


def _public(key: ECKey, use: str) -> dict[str, Any]:
    known = key.as_dict(private=False)
    public = {member: known[member] for member in PUBLIC_MEMBERS if member in known}
    return public | {"use": use, "kid": key.thumbprint()}


def _of_use(jwks: Iterable[Jwk], use: str, at_most: int) -> list[ECKey]:
    own = [jwk for jwk in jwks if isinstance(jwk, Mapping) and jwk.get("use") == use]
    if not 1 <= len(own) <= at_most:
        rule = Text(
            "needs one key with use={use}, or as many as {limit}, has {count}",
            use=use,
            limit=str(at_most),
            count=len(own),
        )
        raise BadKeys(rule)
    return [_key(jwk, use) for jwk in own]


def _key(jwk: Jwk, use: str) -> ECKey:
    if jwk.get("kty") != "EC" or jwk.get("crv") != CURVE:
        rule = Text(
            "the key with use={use} must be EC on {curve}", use=use, curve=CURVE
        )
        raise BadKeys(rule)
    if "d" in jwk:
        raise BadKeys(
            Text("the key with use={use} is private; give only public keys", use=use)
        )
    members = {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}
    try:
        key = ECKey.import_key(members)
        key.thumbprint()
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise BadKeys(Text("the key with use={use} can't be read", use=use)) from error
    return ECKey.import_key(members | {"use": use, "kid": key.thumbprint()})
