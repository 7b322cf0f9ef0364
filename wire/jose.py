"""Sign, verify, seal, open: JWS and JWE, one algorithm each.

Header parameters that are not understood are ignored, but for what `crit` names
(RFC 7515 sections 4 and 4.1.11, RFC 7516 section 4).
"""

import base64
import hashlib
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
VERSION = 1  # of the wire: the claim `v` of everything that is signed
# what joserfc raises on hostile bytes, beside its own
_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, RecursionError)
_SIGNED = jws.JWSRegistry(algorithms=SIGNING, strict_check_header=False)
_SEALED = jwe.JWERegistry(algorithms=SEALING, strict_check_header=False)


def sign(claims: Mapping[str, Any], keys: PrivateKeys, kind: str, **more: Any) -> bytes:
    """Sign claims as a compact JWS of one kind (its `typ`), of this version.

    `more` are further header parameters.
    """
    header = {"alg": "ES256", "typ": kind, "kid": keys.signing.thumbprint(), **more}
    payload = json.dumps({"v": VERSION, **claims}, separators=(",", ":")).encode()
    token = jws.serialize_compact(header, payload, keys.signing, algorithms=SIGNING)
    return token.encode("ascii")


def read_signed(token: bytes, party: PublicKeys, kind: str) -> dict[str, Any]:
    """Check a compact JWS of one kind and give its claims.

    Refused as forged_request, unsupported_version or bad_request.
    """
    return versioned_claims(verify_token(token, party.signing, kind))


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
        opened = jwe.decrypt_compact(token, key, registry=_SEALED)
    except _UNREADABLE:
        raise Refused(
            Code.FORGED_REQUEST, "the token is not sealed for this key"
        ) from None
    check_header(opened.headers(), kind)
    return opened.plaintext or b""


def verify_token(token: bytes, key: ECKey, kind: str) -> bytes:
    try:
        signed = jws.deserialize_compact(token, key, registry=_SIGNED)
    except _UNREADABLE:
        raise Refused(Code.FORGED_REQUEST, "the signature does not verify") from None
    check_header(signed.headers(), kind)
    return signed.payload


def check_header(header: Mapping[str, Any], kind: str) -> None:
    """See that a token is of one kind, and needs nothing that is not known here."""
    # no version so far has an extension that must be understood
    if "crit" in header:
        raise Refused(Code.FORGED_REQUEST, "crit names what is not understood here")
    if header.get("typ") != kind:
        raise Refused(Code.FORGED_REQUEST, f"typ must be {kind}")


def token_header(token: bytes) -> Mapping[str, Any]:
    """Read the header of a JWS or JWE, which proves nothing yet."""
    try:
        head = json.loads(base64.b64decode(_padded(token), b"-_", validate=True))
    except _UNREADABLE:
        head = None
    if not isinstance(head, dict):
        raise Refused(Code.FORGED_REQUEST, "holds no token")
    return head


def body_hash(body: bytes) -> str:
    """Hash a body as `request` names it: base64url, without padding, of SHA-256."""
    digest = hashlib.sha256(body).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def versioned_claims(payload: bytes) -> dict[str, Any]:
    """Read claims of this version; another is Refused as unsupported_version."""
    claims = json_object(payload)
    check_version(claims)
    return claims


def check_version(claims: Mapping[str, Any]) -> None:
    """See that claims are of this version; Refused as versioned_claims says."""
    version = claims.get("v")
    if type(version) is not int:
        raise Refused(Code.BAD_REQUEST, "v: needs the version, a number")
    if version != VERSION:
        detail = f"v: version {VERSION} of the wire is spoken here, not {version}"
        raise Refused(Code.UNSUPPORTED_VERSION, detail[:200])


def _padded(token: bytes) -> bytes:
    head = token.partition(b".")[0]
    return head + b"=" * (-len(head) % 4)


def json_object(payload: bytes) -> dict[str, Any]:
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        raise Refused(Code.BAD_REQUEST, "the claims are no JSON") from None
    if not isinstance(data, dict):
        raise Refused(Code.BAD_REQUEST, "the claims are no JSON object")
    return data
