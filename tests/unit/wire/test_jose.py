"""JOSE as the RFCs have it: what is not understood is ignored, but for `crit`."""

import base64
import json
from typing import Any

import pytest
from joserfc import jwe, jws

from tests.unit.agent.wire import AGENT, PORTAL
from wire import jose
from wire.outcomes import Code, Refused

KIND, SEALED = "writeback-request+jwt", "writeback-request+jwe"
# RFC 7519 section 5.3 has claims in a JWE's header
EXTRA: dict[str, Any] = {
    "x-a": {"deep": [1]},
    "iat": 5,
    "iss": "me",
    "aud": "you",
    "zip2": None,
}


def signed(payload: bytes = b'{"v":1}', **head: Any) -> bytes:
    header = {"alg": "ES256", "typ": KIND, "kid": "k"} | head
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    if "crit" in header:
        registry.header_registry["x-a"] = registry.header_registry["kid"]
    token = jws.serialize_compact(header, payload, PORTAL.signing, registry=registry)
    return token.encode()


def sealed(**head: Any) -> bytes:
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "typ": SEALED} | head
    registry = jwe.JWERegistry(
        algorithms=["ECDH-ES+A256KW", "A256GCM", "DEF"], strict_check_header=False
    )
    if "crit" in header:
        registry.header_registry["x-a"] = registry.header_registry["kid"]
    key = AGENT.public.sealing
    return jwe.encrypt_compact(header, b"inner", key, registry=registry).encode()


def test_header_parameters_that_are_not_understood_are_ignored() -> None:
    assert jose.read_signed(signed(**EXTRA), PORTAL.public, KIND) == {"v": 1}
    assert jose.unseal_token(sealed(**EXTRA), AGENT.sealing, SEALED) == b"inner"


@pytest.mark.parametrize(
    "critical", [{"crit": ["x-a"], "x-a": "b"}, {"crit": ["typ"]}, {"crit": []}]
)
def test_what_is_critical_is_refused(critical: dict[str, Any]) -> None:
    """No version has an extension, and what the RFCs define is never named there."""
    with pytest.raises(Refused) as refused:
        jose.verify_token(signed(**critical), PORTAL.signing, KIND)
    assert refused.value.code is Code.FORGED_REQUEST
    with pytest.raises(Refused):
        jose.unseal_token(sealed(**critical), AGENT.sealing, SEALED)


def test_a_payload_that_is_not_encoded_is_refused() -> None:
    """RFC 7797 has it understood by all who take part, or refused."""
    with pytest.raises(Refused):
        jose.verify_token(signed(b64=False, crit=["b64"]), PORTAL.signing, KIND)


def test_what_is_compressed_is_refused() -> None:
    with pytest.raises(Refused):
        jose.unseal_token(sealed(zip="DEF"), AGENT.sealing, SEALED)


@pytest.mark.parametrize("depth", [400, 100_000])
def test_endless_nesting_in_a_header_is_refused(depth: int) -> None:
    head = base64.urlsafe_b64encode(b'{"alg":' + b"[" * depth).rstrip(b"=")
    for refused in (
        lambda: jose.verify_token(head + b".e30.AA", PORTAL.signing, KIND),
        lambda: jose.unseal_token(head + b".AA.AA.AA.AA", AGENT.sealing, SEALED),
        lambda: jose.token_header(head + b".e30.AA"),
    ):
        with pytest.raises(Refused):
            refused()


def test_endless_nesting_in_claims_is_refused() -> None:
    payload = b'{"v":1,"a":' + b"[" * 20_000
    with pytest.raises(Refused):
        jose.read_signed(signed(payload), PORTAL.public, KIND)


@pytest.mark.parametrize(
    "token", [b"", b".", b"a", b"\xff.\xff", b"W10.e30.AA", b"bnVsbA"]
)
def test_what_has_no_header_is_no_token(token: bytes) -> None:
    with pytest.raises(Refused):
        jose.token_header(token)


def test_everything_signed_is_of_this_version() -> None:
    token = jose.sign({"a": 1}, PORTAL, KIND)
    assert jose.read_signed(token, PORTAL.public, KIND) == {"v": 1, "a": 1}


@pytest.mark.parametrize("version", [0, 2, -1, 10**4000])
def test_another_version_is_refused_by_name(version: int) -> None:
    token = signed(b'{"v":%d}' % version)
    with pytest.raises(Refused) as refused:
        jose.read_signed(token, PORTAL.public, KIND)
    assert refused.value.code is Code.UNSUPPORTED_VERSION
    assert str(version)[:50] in refused.value.detail
    assert len(refused.value.detail) <= 200


@pytest.mark.parametrize("version", [None, "1", 1.0, True, [1]])
def test_a_version_that_is_no_whole_number_is_refused(version: object) -> None:
    token = signed(json.dumps({"v": version}).encode())
    with pytest.raises(Refused, match="v:"):
        jose.read_signed(token, PORTAL.public, KIND)


def test_without_a_version_nothing_is_taken() -> None:
    with pytest.raises(Refused, match="v:"):
        jose.read_signed(signed(b"{}"), PORTAL.public, KIND)


def test_a_body_is_hashed_as_rfc_7515_spells_bytes() -> None:
    # SHA-256 of nothing, from FIPS 180-4's examples
    assert jose.body_hash(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
