"""What is taken for the answer to a request: nothing that is bound to another."""

import time
from typing import Any

import pytest

from tests.unit.agent.wire import (
    AGENT,
    AGENT_ID,
    CANARY,
    ISSUER,
    PORTAL,
    STRANGER,
    claims,
)
from wire import jose, messages
from wire.keys import PrivateKeys
from wire.outcomes import Code, Refused
from wire.sent_request import SentRequest

ERROR = "writeback-error+jwt"


def sent(**more: Any) -> SentRequest:
    return SentRequest.seal(claims(**more), PORTAL, AGENT.public)


def bound(request: SentRequest, /, **more: Any) -> dict[str, Any]:
    """The claims of an honest answer."""
    own = {
        "iss": AGENT_ID,
        "aud": ISSUER,
        "iat": int(time.time()),
        "jti": request.claims["jti"],
        "request": jose.body_hash(request.token),
        "code": "ok",
    }
    return own | more


def sealed(claims: dict[str, Any], keys: PrivateKeys = AGENT) -> bytes:
    return messages.seal_answer(claims, keys, PORTAL.public)


def test_the_answer_to_a_request_is_taken() -> None:
    request = sent()
    assert request.answer(sealed(bound(request)))["code"] == "ok"
    assert CANARY not in repr(request)


LIES: list[dict[str, Any]] = [
    {"iss": "agent-2"},
    {"aud": "https://other.corp.test"},
    {"jti": "0123456789abcdef"},
    {"request": jose.body_hash(b"another body")},
    {"iat": int(time.time()) - 1_000_000},
    {"iat": int(time.time()) + 1_000_000},
    {"iat": None},
    {"iat": "now"},
    {"v": 2},
    {"v": None},
]


# named by the claim alone: two workers must give a case one name
@pytest.mark.parametrize("lie", LIES, ids=lambda lie: next(iter(lie)))
def test_an_answer_that_is_bound_to_anything_else_is_refused(
    lie: dict[str, Any],
) -> None:
    request = sent()
    with pytest.raises(Refused):
        request.answer(sealed(bound(request, **lie)))


@pytest.mark.parametrize("name", ["iss", "aud", "jti", "request", "iat"])
def test_an_answer_that_is_bound_to_nothing_is_refused(name: str) -> None:
    request = sent()
    unbound = bound(request)
    del unbound[name]
    with pytest.raises(Refused) as refused:
        request.answer(sealed(unbound))
    assert refused.value.code is Code.FORGED_REQUEST


def test_an_older_ok_is_no_answer_to_a_reset_that_the_relay_dropped() -> None:
    first, second = sent(), sent()
    kept = sealed(bound(first))
    assert first.answer(kept)["code"] == "ok"
    with pytest.raises(Refused, match="jti is not of this request"):
        second.answer(kept)


def test_the_same_jti_in_another_token_does_not_bind_an_answer() -> None:
    first = sent()
    second = SentRequest.seal(first.claims, PORTAL, AGENT.public)
    with pytest.raises(Refused, match="request is not of this request"):
        second.answer(sealed(bound(first)))


def error(request: SentRequest, keys: PrivateKeys = AGENT, /, **more: Any) -> bytes:
    told = bound(request, code="forged_request", **more)
    return jose.sign(
        {name: told[name] for name in told if name not in ("aud", "jti")}, keys, ERROR
    )


def test_the_error_token_of_a_request_is_taken() -> None:
    request = sent()
    assert request.error(error(request))["code"] == "forged_request"


@pytest.mark.parametrize(
    "lie", [lie for lie in LIES if not lie.keys() & {"aud", "jti"}]
)
def test_an_error_token_of_another_body_or_time_is_refused(lie: dict[str, Any]) -> None:
    request = sent()
    with pytest.raises(Refused):
        request.error(error(request, **lie))


def test_an_error_token_of_another_agent_is_refused() -> None:
    request = sent()
    with pytest.raises(Refused, match="signature"):
        request.error(error(request, STRANGER))


def test_an_error_token_does_not_pass_for_an_answer_nor_an_answer_for_one() -> None:
    request = sent()
    with pytest.raises(Refused):
        request.answer(error(request))
    with pytest.raises(Refused):
        request.error(sealed(bound(request)))
    signed = jose.sign(bound(request), AGENT, "writeback-answer+jwt")
    with pytest.raises(Refused, match="typ"):
        request.error(signed)
