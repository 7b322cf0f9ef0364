"""Checks an ID token (OpenID Connect Core 1.0 section 3.1.3.7). Pure.

Its signature is by a key of the provider and one of a closed list of algorithms: "none"
is not among them, nor is one with a secret that is shared.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from portal.provider.content import json_object
from portal.provider.errors import ProviderRefused

# RFC 7518 section 3.1, RFC 8037 and RFC 9864, by what kind of key each is
ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("Ed25519", "EdDSA"), "OKP"),
}
LEEWAY_S = 60  # clocks differ
_MOST_CHARACTERS = 32 * 1024
_LEAST_RSA_BITS = 2048
_MOST_AGE_S = 600  # it was made for this sign-in
_Key = RSAKey | ECKey | OKPKey
# what joserfc raises on hostile bytes, beside its own
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, RecursionError)


class UnknownKey(ProviderRefused):
    """Signed by a key that is not among those that are known: it may be a new one."""


@dataclass(frozen=True)
class Expected:
    """What an ID token must say; times are in seconds."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    algorithms: frozenset[str]
    max_age_s: int
    acr: frozenset[str] = frozenset()
    amr: frozenset[str] = frozenset()


def read(
    token: str, keys: Iterable[Mapping[str, Any]], expected: Expected, now: float
) -> dict[str, Any]:
    """Give the claims of an ID token; ProviderRefused names what is wrong with it."""
    if len(token) > _MOST_CHARACTERS:
        raise ProviderRefused("ID token: too long")
    header = _header(token)
    algorithm = str(header.get("alg"))
    if algorithm not in ALGORITHMS or algorithm not in expected.algorithms:
        raise ProviderRefused("ID token: alg is none that is taken")
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        key = _key(header, algorithm, keys)
        signed = jws.deserialize_compact(token, key, registry=registry)
    except _UNREADABLE:
        raise ProviderRefused("ID token: the signature does not verify") from None
    claims = json_object(signed.payload)
    _check(claims, expected, now)
    return claims


def _header(token: str) -> Mapping[str, Any]:
    try:
        header = jws.extract_compact(token.encode()).headers()
    except _UNREADABLE:
        raise ProviderRefused("ID token: not in the form") from None
    # no extension is understood here
    if "crit" in header:
        raise ProviderRefused("ID token: crit names what is not understood")
    return header


def _key(
    header: Mapping[str, Any], algorithm: str, keys: Iterable[Mapping[str, Any]]
) -> _Key:
    """Give the one key that signed; UnknownKey where there is none, or several."""
    kid = header.get("kid")
    found = [
        each
        for each in keys
        if each.get("kty") == ALGORITHMS[algorithm]
        and each.get("use", "sig") == "sig"
        and each.get("alg", algorithm) == algorithm
        and (kid is None or each.get("kid") == kid)
    ]
    if len(found) != 1:
        raise UnknownKey("ID token: kid names none of the provider's keys")
    # joserfc takes a weak one, and warns
    if "n" in found[0] and len(str(found[0]["n"])) * 6 < _LEAST_RSA_BITS:
        raise ValueError("a weak key")
    key = JWKRegistry.import_key(dict(found[0]))
    if not isinstance(key, RSAKey | ECKey | OKPKey) or key.is_private:
        raise ValueError("no public key")
    return key


def _check(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    registry = JWTClaimsRegistry(
        int(now),
        LEEWAY_S,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except _UNREADABLE as error:
        name = getattr(error, "claim", None) or "a claim"
        raise ProviderRefused(f"ID token: {name} is none that is taken") from None
    if now - claims["iat"] > _MOST_AGE_S + LEEWAY_S:
        raise ProviderRefused("ID token: iat is too long ago")
    _check_party(claims, expected)
    _check_sign_in(claims, expected, now)


def _check_party(claims: Mapping[str, Any], expected: Expected) -> None:
    """See that it was made for this client, and this sign-in."""
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    party = claims.get("azp", None if several else expected.client_id)
    if party != expected.client_id:
        raise ProviderRefused("ID token: azp is another client")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        raise ProviderRefused("ID token: nonce is of another sign-in")


def _check_sign_in(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """See when and how somebody signed in at the provider."""
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int):
        raise ProviderRefused("ID token: auth_time is missing")
    if not -LEEWAY_S <= now - at <= expected.max_age_s + LEEWAY_S:
        raise ProviderRefused("ID token: auth_time is too long ago")
    if expected.acr and str(claims.get("acr")) not in expected.acr:
        raise ProviderRefused("ID token: acr is none that is asked for")
    used = claims.get("amr")
    members = used if isinstance(used, list) else []
    named = {each for each in members if isinstance(each, str)}
    if not expected.amr.issubset(named):
        raise ProviderRefused("ID token: amr lacks what is asked for")
