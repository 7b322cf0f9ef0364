"""Sign, verify, seal, open: JWS and JWE, one algorithm each."""

import json
from collections.abc import Mapping
from typing import Any

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from wire.keys import PrivateKeys, PublicKeys
from wire.outcomes import Code, Refused

SIGNING = ["ES256"]
SEALING = ["ECDH-ES+A256KW", "A256GCM"]


def sign(claims: Mapping[str, Any], keys: PrivateKeys, kind: str) -> bytes:
    """Sign claims as a compact JWS of one kind (its `typ`)."""
    header = {"alg": "ES256", "typ": kind, "kid": keys.signing.thumbprint()}
    payload = json.dumps(claims, separators=(",", ":")).encode()
    token = jws.serialize_compact(header, payload, keys.signing, algorithms=SIGNING)
    return token.encode("ascii")


def read_signed(token: bytes, party: PublicKeys, kind: str) -> dict[str, Any]:
    """Check a compact JWS of one kind and give its claims."""
    return json_object(verify_token(token, party.signing, kind))


def seal_token(signed: bytes, key: ECKey, kind: str) -> bytes:
    header = {
        "alg": SEALING[0],
        "enc": SEALING[1],
        "typ": kind,
        "cty": "JWT",
        "kid": key.thumbprint(),
    }
    return jwe.encrypt_compact(header, signed, key, algorithms=SEALING).encode("ascii")


def unseal_token(token: bytes, key: ECKey, kind: str) -> bytes:
    try:
        opened = jwe.decrypt_compact(token, key, algorithms=SEALING)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Refused(
            Code.FORGED_REQUEST, "the token is not sealed for this key"
        ) from None
    _check_type(opened.headers(), kind)
    return opened.plaintext or b""


def verify_token(token: bytes, key: ECKey, kind: str) -> bytes:
    try:
        signed = jws.deserialize_compact(token, key, algorithms=SIGNING)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Refused(Code.FORGED_REQUEST, "the signature does not verify") from None
    _check_type(signed.headers(), kind)
    return signed.payload


def _check_type(header: Mapping[str, Any], kind: str) -> None:
    if header.get("typ") != kind:
        raise Refused(Code.FORGED_REQUEST, f"typ must be {kind}")


def token_header(token: bytes) -> Mapping[str, Any]:
    try:
        return jws.extract_compact(token).headers()
    except (JoseError, ValueError, TypeError, KeyError):
        raise Refused(Code.BAD_REQUEST, "holds no signed token") from None


def json_object(payload: bytes) -> dict[str, Any]:
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        raise Refused(Code.BAD_REQUEST, "the claims are no JSON") from None
    if not isinstance(data, dict):
        raise Refused(Code.BAD_REQUEST, "the claims are no JSON object")
    return data
