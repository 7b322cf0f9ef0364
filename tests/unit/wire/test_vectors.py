"""The recorded vectors of version 1 (tests/data/wire/v1), by our own code."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from agent.request.stages import freshen
from tests.fixtures.vectors.tokens import AGENT, ISSUER, NOW, Vector, party, read
from wire import enrolment_code, jose, messages, sas
from wire.agent_statements import Application, read_rotation, read_withdrawal
from wire.enrolment_code import BadCode
from wire.keys import PublicKeys, fingerprint_digest
from wire.messages import Portal, Request
from wire.outcomes import Refused
from wire.portal_statement import PortalStatement
from wire.sent_request import SentRequest
from wire.succession import Succession

PORTAL, AGENT_KEYS = party("portal"), party("agent")


def named(kind: str) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in read(kind)]


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


@pytest.mark.parametrize("vector", named("parties"))
def test_a_party_is_known_by_its_signing_key(vector: Vector) -> None:
    public = PublicKeys.of(vector["public"])
    assert public.fingerprint == vector["fingerprint"]
    assert public.jwks() == vector["public"] == party(vector["name"]).public.jwks()
    assert [key["kid"] for key in vector["private"]] == [
        key["kid"] for key in vector["public"]
    ]


def opened(token: str) -> Request:
    portals = {PORTAL.signing.thumbprint(): Portal(ISSUER, PORTAL.public)}
    unsealed = messages.unseal(token.encode(), AGENT_KEYS)
    request = messages.authenticate(unsealed, portals, AGENT, b"")
    return freshen(request, NOW).request


@pytest.mark.parametrize("vector", named("requests"))
def test_a_request_is_read_or_refused(vector: Vector) -> None:
    if "refused" in vector:
        with pytest.raises(Refused) as refused:
            opened(vector["token"])
        assert refused.value.code.value == vector["refused"]
        return
    request, claims = opened(vector["token"]), vector["claims"]
    assert (request.jti, request.op) == (claims["jti"], claims["op"])
    assert (request.issued_at, request.expires_at) == (claims["iat"], claims["exp"])
    user = request.user and request.user.model_dump()
    assert user == claims.get("user")
    assert request.must_change == claims.get("must_change", False)
    assert [
        proof.model_dump(exclude_defaults=True) for proof in request.methods
    ] == claims.get("methods", [])
    for name in ("new_password", "old_password"):
        secret = getattr(request, name)
        assert (secret and secret.reveal()) == claims.get(name)


def sent_of(vector: Vector) -> SentRequest:
    sent = vector["sent"]
    claims = {"iss": ISSUER, "aud": AGENT, "iat": sent["iat"], "jti": sent["jti"]}
    token = sent["token"].encode()
    return SentRequest(token, claims, PORTAL, AGENT_KEYS.public)


@pytest.mark.parametrize("vector", named("answers"))
def test_an_answer_is_taken_or_refused(vector: Vector) -> None:
    sent, body = sent_of(vector), vector["body"].encode()
    take = sent.error if vector["status"] == 400 else sent.answer
    if "refused" in vector:
        with pytest.raises(Refused):
            take(body)
        return
    assert take(body) == vector["claims"]


@pytest.mark.parametrize("vector", named("statements"))
def test_a_statement_that_the_agent_signed_is_read(vector: Vector) -> None:
    """Its nonce and time are the business of who asks: see the reference client."""
    if "refused" in vector:
        return
    kind = f"writeback-{vector['what']}+jwt"
    body = vector["body"].encode()
    assert jose.read_signed(body, AGENT_KEYS.public, kind) == vector["claims"]


@pytest.mark.parametrize("vector", named("access_signatures"))
def test_a_shared_access_signature_is_spelled_so(vector: Vector) -> None:
    key, name, uri = vector["key"], vector["key_name"], vector["uri"]
    assert sas.sign(key, name, uri, vector["expires"]) == vector["token"]


@pytest.mark.parametrize("vector", named("codes"))
def test_a_code_is_joined_of_two_halves(vector: Vector) -> None:
    if "refused" in vector:
        with pytest.raises(BadCode):
            enrolment_code.parse(vector["code"])
        return
    digest = fingerprint_digest(party(vector["party"]).public.jwks())
    code = enrolment_code.parse(vector["code"])
    assert code == enrolment_code.parse_half(vector["half"]).joined(digest)
    assert code.lookup == vector["lookup"]
    assert code.is_for(digest)


@pytest.mark.parametrize("vector", named("portal_statements"))
def test_a_portals_statement_is_taken_or_refused(vector: Vector) -> None:
    if "refused" in vector:
        with pytest.raises(Refused):
            PortalStatement.read(vector["token"])
        return
    taken, claims = PortalStatement.read(vector["token"]), vector["claims"]
    assert (taken.issuer, taken.issued_at) == (claims["iss"], claims["iat"])
    assert taken.keys.jwks() == claims["keys"]


@pytest.mark.parametrize("vector", named("successions"))
def test_a_succession_is_taken_or_refused(vector: Vector) -> None:
    def taken() -> Succession:
        order = Succession.read(vector["token"].encode(), PORTAL.public)
        order.check_given(AGENT, NOW)
        return order

    if "refused" in vector:
        with pytest.raises(Refused):
            taken()
        return
    assert taken().statement.keys.jwks() == vector["claims"]["keys"]
    assert taken().statement.keys == party("successor").public


READ: dict[str, Callable[[bytes], Any]] = {
    "application": Application.read,
    "withdrawal": lambda token: read_withdrawal(token, AGENT_KEYS.public),
    "rotation": lambda token: read_rotation(token, AGENT_KEYS.public),
}


@pytest.mark.parametrize("vector", named("agent_statements"))
def test_an_agents_statement_is_taken_or_refused(vector: Vector) -> None:
    token = vector["token"].encode()
    if "refused" in vector:
        with pytest.raises(Refused):
            READ[vector["kind"]](token)
        return
    taken, claims = READ[vector["kind"]](token), vector["claims"]
    order = getattr(taken, "order", taken)
    assert (order.agent, order.aud) == (claims["agent"], claims["aud"])
    assert order.issued_at == claims["iat"]
    for name in ("listen_key", "test_key"):
        assert getattr(taken, name, None) == claims.get(name)


@pytest.mark.parametrize(
    "vector", [each for each in named("requests") if "claims" in each.values[0]]
)
def test_the_same_claims_are_sealed_again_to_the_same(vector: Vector) -> None:
    claims = vector["claims"]
    token = messages.seal_request(claims, PORTAL, AGENT_KEYS.public)
    inner = messages.unseal(token, AGENT_KEYS).signed
    assert json.loads(jose.verify_token(inner, PORTAL.signing, KIND)) == claims


KIND = "writeback-request+jwt"


def test_nothing_of_the_frozen_version_is_missing() -> None:
    """What was recorded stays: a vector may be added, none may go or change."""
    counts = {kind: len(read(kind)) for kind in COUNTS}
    assert all(counts[kind] >= COUNTS[kind] for kind in COUNTS), counts


COUNTS = {
    "parties": 5,
    "requests": 68,
    "answers": 31,
    "statements": 24,
    "access_signatures": 3,
    "codes": 6,
    "portal_statements": 12,
    "agent_statements": 20,
    "successions": 11,
}
