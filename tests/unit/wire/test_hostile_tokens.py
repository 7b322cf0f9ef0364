"""Tokens that are broken at random: refused, and nothing else comes of them.

WRITEBACK_SEED gives a run again. What is broken are the recorded vectors: bytes,
parts, the JSON in their headers, and the claims inside, sealed and signed rightly.
"""

import base64
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from docs.portal_client import Agent, Client, LyingRelayError, Portal, Sealed
from tests.conftest import ReportLine
from tests.fixtures.side_effects import no_side_effects
from tests.fixtures.vectors.tokens import (
    AGENT,
    ISSUER,
    NOW,
    REQUEST,
    SEALED,
    party,
    read,
    sealed,
    signed,
)
from wire import jose, messages
from wire.messages import Portal as KnownPortal
from wire.outcomes import Refused
from wire.sent_request import SentRequest

SEED = int(os.environ.get("WRITEBACK_SEED", "20261129"))
OWN, THERE = party("portal"), party("agent")
PORTALS = {OWN.signing.thumbprint(): KnownPortal(ISSUER, OWN.public)}
CLIENT = Client(
    Portal(ISSUER, OWN.signing, OWN.sealing, "https://r.test", None, "", "")
)
CLAIMS = [each["claims"] for each in read("requests") if "claims" in each]
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**63, 10**400, 1.5, "", "\0", "\ud800", "a" * 70_000),
    *([], {}, [[]] * 50, {"a": {"b": {}}}, "ES256", "none", "dir", ["b64"], "DEF"),
)
MEMBERS = ("alg", "enc", "typ", "kid", "crit", "b64", "zip", "epk", "apu", "x", "jwk")


def spoiled(token: bytes, chance: random.Random) -> bytes:
    """Break a token, once or a few times."""
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        token = chance.choice(BREAKS)(token, chance)
    return token


def _bytes(token: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(token) + 1)
    middle = chance.randbytes(chance.choice((0, 1, 1, 4)))
    return token[:at] + middle + token[at + chance.choice((0, 1, 1, 30)) :]


def _parts(token: bytes, chance: random.Random) -> bytes:
    parts = token.split(b".")
    chosen = chance.choice(("swap", "drop", "twice", "empty"))
    at = chance.randrange(len(parts))
    if chosen == "swap":
        chance.shuffle(parts)
    elif chosen == "drop":
        del parts[at]
    else:
        parts[at] = b"" if chosen == "empty" else parts[at] + parts[at]
    return b".".join(parts)


def _header(token: bytes, chance: random.Random) -> bytes:
    head, dot, rest = token.partition(b".")
    try:
        content = json.loads(base64.urlsafe_b64decode(head + b"=="))
        content[chance.choice(MEMBERS)] = chance.choice(ODD)
        text = json.dumps(content).encode()
    except (ValueError, TypeError, IndexError, RecursionError):
        text = b"[" * chance.randrange(40_000)
    return base64.urlsafe_b64encode(text).rstrip(b"=") + dot + rest


def _length(token: bytes, chance: random.Random) -> bytes:
    return token[: chance.randrange(len(token) + 1)] * chance.choice((1, 1, 3))


BREAKS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_bytes, _parts, _header, _length),
)


def claims_spoiled(chance: random.Random) -> bytes:
    """Sign and seal a request rightly, with claims that no portal would write."""
    claims = dict(chance.choice(CLAIMS))
    for _ in range(chance.choice((1, 1, 3))):
        name = chance.choice([*claims, "user", "methods", "new_password", "x"])
        claims[name] = chance.choice(ODD)
    inner = signed(claims, OWN, REQUEST)
    if chance.random() < 0.5:
        inner = spoiled(inner, chance)
    return sealed(inner, THERE.sealing, SEALED)


def taken_by_agent(token: bytes) -> str:
    try:
        opened = messages.unseal(token, THERE)
        messages.authenticate(opened, PORTALS, AGENT, b"")
    except Refused as refused:
        return refused.code.value if len(refused.detail) < 2000 else "long"
    return "read"


def taken_by_portals(status: int, body: bytes, sent: dict[str, Any]) -> str:
    """Give what our own code and the reference client make of it, which is the same."""
    claims = {"iss": ISSUER, "aud": AGENT, "iat": sent["iat"], "jti": sent["jti"]}
    token = sent["token"].encode()
    ours = SentRequest(token, claims, OWN, THERE.public)
    known = Agent(AGENT, THERE.signing, THERE.sealing)
    made = Sealed(token, sent["jti"], sent["iat"])
    answers = list[Any]()
    try:
        answers.append(ours.error(body) if status == 400 else ours.answer(body))
    except Refused:
        answers.append(None)
    try:
        answers.append(CLIENT.open(known, made, status, body))
    except LyingRelayError:
        answers.append(None)
    assert answers[0] == answers[1]
    return "refused" if answers[0] is None else "read"


def run(cases: int, report_line: ReportLine) -> None:
    chance, tally = random.Random(SEED), Counter[str]()  # noqa: S311 - no secret
    tokens = [each["token"].encode() for each in read("requests")]
    answers = read("answers")
    with no_side_effects():
        for case in range(cases):
            match case % 4:
                case 0:
                    tally[taken_by_agent(claims_spoiled(chance))] += 1
                case 1:
                    each = chance.choice(answers)
                    body = spoiled(each["body"].encode(), chance)
                    tally[taken_by_portals(each["status"], body, each["sent"])] += 1
                case _:
                    tally[taken_by_agent(spoiled(chance.choice(tokens), chance))] += 1
    report_line(f"hostile tokens: seed {SEED}, {dict(tally)}")
    assert tally.total() == cases
    assert not tally["long"]
    assert {"bad_request", "forged_request", "stale_key", "refused"} <= set(tally)


@pytest.fixture(autouse=True)
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(NOW))


def test_2000_broken_tokens_are_refused_or_read(report_line: ReportLine) -> None:
    run(2_000, report_line)


@pytest.mark.slow  # 52 s; what an agent reads has its million in test_fuzz.py
def test_100000_broken_tokens_are_refused_or_read(report_line: ReportLine) -> None:
    run(100_000, report_line)


@pytest.mark.parametrize("header", ODD, ids=range(len(ODD)))
def test_a_header_that_is_no_header_is_no_token(header: object) -> None:
    text = json.dumps(header, ensure_ascii=True).encode()
    token = base64.urlsafe_b64encode(text).rstrip(b"=") + b".e30.AA"
    if isinstance(header, dict):
        assert jose.token_header(token) == header
        return
    with pytest.raises(Refused):
        jose.token_header(token)
