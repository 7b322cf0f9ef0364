"""What crosses the wire: whatever is changed on the way is refused."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwe, jws
from joserfc.jwk import ECKey

from tests.unit.agent.wire import (
    AGENT,
    AGENT_ID,
    CANARY,
    ISSUER,
    PORTAL,
    PORTALS,
    STRANGER,
    claims,
)
from wire import jose, messages
from wire.keys import PrivateKeys
from wire.messages import Request
from wire.operation import Operation
from wire.outcomes import Code, Refused

REQUEST = "writeback-request+jwt"


def opened(token: bytes) -> Request:
    inner = messages.unseal(token, AGENT)
    return messages.authenticate(inner, PORTALS, AGENT_ID, b"digest")


def sealed(signed: bytes, key: ECKey = AGENT.public.sealing, /, **head: Any) -> bytes:
    header = {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "typ": "writeback-request+jwe",
        "kid": key.thumbprint(),
    } | head
    both = [header["alg"], header["enc"]]
    return jwe.encrypt_compact(header, signed, key, algorithms=both).encode()


def code_of(token: bytes) -> Code:
    with pytest.raises(Refused) as refused:
        opened(token)
    assert CANARY not in str(refused.value)
    return refused.value.code


def request(**more: Any) -> bytes:
    return messages.seal_request(claims(**more), PORTAL, AGENT.public)


def test_a_request_arrives_as_it_was_sent() -> None:
    received = opened(request(op="change", old_password="old", must_change=True))
    assert received.op is Operation.CHANGE
    assert received.user is not None
    assert received.user.value == "anna@corp.test"
    assert received.new_password is not None
    assert received.new_password.reveal() == CANARY
    assert received.must_change
    assert CANARY not in repr(received)


@pytest.mark.parametrize("part", range(5))
def test_a_token_changed_in_any_part_is_refused(part: int) -> None:
    parts = request().split(b".")
    middle = len(parts[part]) // 2
    old = parts[part][middle : middle + 1]
    new = b"A" if old != b"A" else b"B"
    parts[part] = parts[part][:middle] + new + parts[part][middle + 1 :]
    assert code_of(b".".join(parts)) is Code.FORGED_REQUEST


@pytest.mark.parametrize("part", range(3))
def test_a_signed_part_that_was_changed_is_refused(part: int) -> None:
    parts = jose.sign(claims(), PORTAL, REQUEST).split(b".")
    middle = len(parts[part]) // 2
    new = b"A" if parts[part][middle : middle + 1] != b"A" else b"B"
    parts[part] = parts[part][:middle] + new + parts[part][middle + 1 :]
    assert code_of(sealed(b".".join(parts))) in (
        Code.FORGED_REQUEST,
        Code.BAD_REQUEST,
    )


def test_a_request_for_another_agents_key_is_refused() -> None:
    signed = jose.sign(claims(), PORTAL, REQUEST)
    key = STRANGER.public.sealing
    head = {"kid": AGENT.sealing.thumbprint()}
    assert code_of(sealed(signed, key, **head)) is Code.FORGED_REQUEST


def test_a_request_for_a_key_that_is_not_there_any_more_is_told_so() -> None:
    token = messages.seal_request(claims(), PORTAL, STRANGER.public)
    assert code_of(token) is Code.STALE_KEY


@pytest.mark.parametrize("kid", [None, 7, ["a"]])
def test_a_request_names_the_key_it_is_sealed_for(kid: object) -> None:
    head = {"alg": "ECDH-ES+A256KW", "typ": "writeback-request+jwe", "kid": kid}
    first = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=")
    assert code_of(first + b".AA.AA.AA.AA") is Code.BAD_REQUEST


def test_a_request_signed_by_a_stranger_is_refused() -> None:
    token = messages.seal_request(claims(), STRANGER, AGENT.public)
    assert code_of(token) is Code.FORGED_REQUEST


def test_a_stranger_with_the_portals_kid_is_refused() -> None:
    header = {"alg": "ES256", "typ": REQUEST, "kid": PORTAL.signing.thumbprint()}
    payload = json.dumps(claims()).encode()
    signed = jws.serialize_compact(header, payload, STRANGER.signing)
    assert code_of(sealed(signed.encode())) is Code.FORGED_REQUEST


def by_hand(algorithm: str, sign: Callable[[bytes], bytes]) -> bytes:
    """A JWS as no library would make it."""
    header = {"alg": algorithm, "typ": REQUEST, "kid": PORTAL.signing.thumbprint()}
    parts = [json.dumps(part).encode() for part in (header, claims())]
    head = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return head + b"." + base64.urlsafe_b64encode(sign(head)).rstrip(b"=")


def test_an_unsigned_token_is_refused() -> None:
    signed = by_hand("none", lambda _: b"")
    assert code_of(sealed(signed)) is Code.FORGED_REQUEST


def test_a_mac_keyed_with_the_public_key_is_refused() -> None:
    public = PORTAL.public.signing.as_pem(private=False)
    signed = by_hand("HS256", lambda head: hmac.digest(public, head, "sha256"))
    assert code_of(sealed(signed)) is Code.FORGED_REQUEST


@pytest.mark.parametrize(
    "head",
    [
        {"alg": "ECDH-ES+A128KW"},
        {"enc": "A128CBC-HS256"},
        {"typ": "writeback-answer+jwe"},
        {"typ": "JWT"},
    ],
)
def test_another_algorithm_of_sealing_is_refused(head: dict[str, str]) -> None:
    signed = jose.sign(claims(), PORTAL, REQUEST)
    assert code_of(sealed(signed, **head)) is Code.FORGED_REQUEST


@pytest.mark.parametrize("kind", ["writeback-answer+jwt", "writeback-keys+jwt", "JWT"])
def test_another_kind_of_message_is_no_request(kind: str) -> None:
    signed = jose.sign(claims(), PORTAL, kind)
    assert code_of(sealed(signed)) is Code.FORGED_REQUEST


@pytest.mark.parametrize(
    "wrong", [{"aud": "agent-2"}, {"iss": "https://other.corp.test"}]
)
def test_a_request_for_or_from_another_is_refused(wrong: dict[str, str]) -> None:
    assert code_of(request(**wrong)) is Code.FORGED_REQUEST


@pytest.mark.parametrize("token", [b"", b"x", b"a.b.c.d.e", b"\xff" * 50])
def test_what_is_no_token_is_refused(token: bytes) -> None:
    assert code_of(token) is Code.FORGED_REQUEST


def test_a_body_over_32_kib_is_not_looked_at() -> None:
    assert code_of(b"x" * (32 * 1024 + 1)) is Code.BAD_REQUEST


@pytest.mark.parametrize(
    "payload", [b"[]", b"no json", b'{"iss": 1}', b'{"v": 1, "iss": 1}', b"[" * 5000]
)
def test_signed_claims_that_are_no_claims_are_refused(payload: bytes) -> None:
    header = {"alg": "ES256", "typ": REQUEST, "kid": PORTAL.signing.thumbprint()}
    signed = jws.serialize_compact(header, payload, PORTAL.signing)
    assert code_of(sealed(signed.encode())) in (Code.BAD_REQUEST, Code.FORGED_REQUEST)


@pytest.mark.parametrize("version", [0, 2])
def test_a_request_of_another_version_is_refused_by_name(version: int) -> None:
    assert code_of(request(v=version)) is Code.UNSUPPORTED_VERSION


OPERATIONS = (
    "reset",
    "change",
    "unlock",
    "check",
    "lookup",
    "authenticate",
    "register",
)


def test_every_bad_claim_is_named_and_no_value_is() -> None:
    wrong = claims(op="sing", user={"by": "cn", "value": 5}, jti="short", exp="soon")
    wrong["new_password"] = [CANARY]
    with pytest.raises(Refused) as refused:
        opened(messages.seal_request(wrong, PORTAL, AGENT.public))
    detail = refused.value.detail
    for name in ("op", "user.by", "user.value", "jti", "exp", "new_password"):
        assert f"{name}:" in detail
    for value in (CANARY, "sing", "short", "soon"):
        assert value not in detail
    ops = ", ".join(map(repr, OPERATIONS)) + " or 'roster'"
    assert f"op: input should be {ops}" in detail


@pytest.mark.parametrize(
    ("op", "lacks"),
    [
        ("reset", "new_password"),
        ("change", "new_password"),
        ("change", "old_password"),
    ],
)
def test_a_write_needs_its_passwords(op: str, lacks: str) -> None:
    lacking = claims(op=op, old_password="old")
    del lacking[lacks]
    with pytest.raises(Refused, match=lacks) as refused:
        opened(messages.seal_request(lacking, PORTAL, AGENT.public))
    assert refused.value.code is Code.BAD_REQUEST


def test_an_answer_opens_for_the_portal_alone() -> None:
    token = messages.seal_answer({"code": "ok"}, AGENT, PORTAL.public)
    assert messages.open_answer(token, PORTAL, AGENT.public)["code"] == "ok"
    with pytest.raises(Refused):
        messages.open_answer(token, STRANGER, AGENT.public)
    with pytest.raises(Refused):
        messages.open_answer(token, PORTAL, STRANGER.public)


def test_a_request_does_not_pass_for_an_answer() -> None:
    own = PrivateKeys(ECKey.generate_key("P-256"), AGENT.sealing)
    token = messages.seal_request(claims(), own, own.public)
    with pytest.raises(Refused, match="typ"):
        messages.open_answer(token, own, own.public)


def rule_of(**more: Any) -> str:
    with pytest.raises(messages.BadClaims) as refused:
        opened(request(**more))
    assert refused.value.code is Code.BAD_REQUEST
    assert CANARY not in str(refused.value)
    return str(refused.value.detail)


EMOJI = "\N{GRINNING FACE}"


@pytest.mark.parametrize("name", ["new_password", "old_password"])
@pytest.mark.parametrize("password", ["", "a" * 257, EMOJI * 129, EMOJI * 128 + "a"])
def test_a_passwords_length_is_counted_as_the_directory_counts(
    name: str, password: str
) -> None:
    rule = rule_of(op="change", **{"old_password": "old", name: password})
    units = len(password.encode("utf-16-le")) // 2
    assert rule == f"{name}: must have 1 to 256 UTF-16 code units, it has {units}"


@pytest.mark.parametrize("password", ["a" * 256, EMOJI * 128, " a ", "e\u0301"])
def test_a_password_is_taken_as_it_is(password: str) -> None:
    received = opened(request(new_password=password)).new_password
    assert received is not None
    assert received.reveal() == password


@pytest.mark.parametrize("sign", list("\0\t\n\x1b\x1f\x7f\x85\x9f"))
@pytest.mark.parametrize("at", [f"{{}}{CANARY}", f"{CANARY}{{}}", f"a{{}}{CANARY}"])
def test_a_new_password_holds_no_control_character(sign: str, at: str) -> None:
    rule = rule_of(new_password=at.format(sign))
    assert rule.startswith("new_password: must not hold control characters")


def test_an_old_password_may_be_what_others_set() -> None:
    received = opened(request(op="change", old_password="a\tb")).old_password
    assert received is not None
    assert received.reveal() == "a\tb"


@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("moment", [-1, 2**53, 10**400, 1.5, True, "5"])
def test_what_is_no_time_is_refused(name: str, moment: object) -> None:
    assert rule_of(**{name: moment}).startswith(f"{name}:")


@pytest.mark.parametrize(
    "jti", ["a" * 15, "a" * 129, "a" * 16 + "\n", "a b" * 8, "\x1b" * 16, "ä" * 16]
)
def test_a_jti_is_16_to_128_visible_ascii_characters(jti: str) -> None:
    assert rule_of(jti=jti).startswith("jti:")


def test_what_is_wrong_in_an_authentic_request_can_be_told_its_portal() -> None:
    wrong = claims(op="sing")
    with pytest.raises(messages.BadClaims) as refused:
        opened(messages.seal_request(wrong, PORTAL, AGENT.public))
    reply_to = refused.value.reply_to
    assert reply_to is not None
    assert (reply_to.portal.issuer, reply_to.jti) == (ISSUER, wrong["jti"])


@pytest.mark.parametrize("jti", [None, 5, "short"])
def test_without_a_jti_nobody_can_be_told(jti: object) -> None:
    with pytest.raises(messages.BadClaims) as refused:
        opened(request(jti=jti))
    assert refused.value.reply_to is None
