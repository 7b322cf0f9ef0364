"""What portals and relays may send: read, or refused by name.

A million takes, in seconds of a processor: frames 23 each, claims 56, sealed requests
80, signed ones 81.
"""

import contextlib
import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from relay import frames
from tests.fixtures import fuzz
from tests.fixtures.fuzz import PARSED, SHORT, bounded, mutated, refused_or_read
from tests.unit.agent.wire import AGENT, AGENT_ID, PORTAL, PORTALS, claims
from wire import hybrid_connections, jose, messages
from wire.hybrid_connections import BadMessage, RequestHead
from wire.messages import Opened
from wire.outcomes import Code, Refused
from wire.request_claims import read_claims

CASES = [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)]
JSON = [
    *(b'{"', b'":', b"[", b"]", b"}", b"{", b'"', b"\\", b"null", b"true", b"1e999"),
    *(b"-", b"9" * 40, b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"NaN", b'"id":7,'),
    *(b'"method":', b'"body":', b'"address":"wss://x/"', b'"requestHeaders":{"a":1}'),
]
REQUEST = {
    "id": "1_1",
    "address": "wss://relay.corp.test:443/$hc/agent1?sb-hc-action=request",
    "method": "POST",
    "requestTarget": "/agent1/resets?a=b",
    "requestHeaders": {"Host": "relay.corp.test", "Content-Type": "text/plain"},
    "body": True,
}
RESPONSE = {
    "requestId": "1_1",
    "statusCode": "200",
    "statusDescription": "OK",
    "responseHeaders": {"Content-Type": "application/jose", "X": ["a", "b"]},
    "body": True,
}
FRAMES = [
    json.dumps(each).encode()
    for each in (
        {"request": REQUEST},
        {"request": {"address": REQUEST["address"], "id": "2"}},
        {"response": RESPONSE},
        {"renewToken": {"token": "SharedAccessSignature sr=x&sig=y&se=1&skn=z"}},
        {"accept": {"address": REQUEST["address"], "id": "3"}},
    )
]
# what chance alone rarely makes: other kinds of values, and levels without an end
ODD_FRAMES = [
    *(json.dumps({"request": REQUEST | {name: []}}).encode() for name in REQUEST),
    json.dumps({"request": REQUEST | {"requestHeaders": ["a"]}}).encode(),
    json.dumps({"request": REQUEST | {"requestHeaders": {"a": {}}}}).encode(),
    json.dumps({"request": REQUEST | {"id": "1" * 17_000}}).encode(),
    b'{"request":' + b"[" * 5000 + b"]" * 5000 + b"}",
]


@pytest.mark.parametrize("cases", CASES)
def test_frames_of_a_relay(cases: int) -> None:
    """What is read is text of a length that can be."""

    def read(data: bytes) -> None:
        head = hybrid_connections.parse(data.decode("utf-8", "replace"))
        if isinstance(head, RequestHead):
            texts = (head.id, head.address, head.method, head.target)
            assert all(len(each + "") <= 16 * 1024 for each in texts)
            assert all(isinstance(each, str) for each in head.headers.values())

    with bounded():
        refused_or_read(cases, mutated(FRAMES + ODD_FRAMES, JSON), read, BadMessage)


@pytest.mark.parametrize("cases", CASES)
def test_frames_of_a_listener(cases: int) -> None:
    with bounded():
        refused_or_read(
            cases,
            mutated(FRAMES + ODD_FRAMES, JSON),
            lambda data: frames.parse(data.decode("utf-8", "replace")),
            BadMessage,
        )


TOKEN = [b".", b"..", b"eyJ", b"=", b"-_", b"A" * 10, b"e30", b"\xff"]


@pytest.mark.parametrize("cases", CASES)
def test_sealed_requests(cases: int) -> None:
    """Base64 has some bits to spare: what opens is what was sealed."""
    sealed = messages.seal_request(claims(), PORTAL, AGENT.public)
    inner = messages.unseal(sealed, AGENT)
    signed = jose.sign(claims(), PORTAL, "writeback-request+jwt")

    def unseal(token: bytes) -> None:
        assert messages.unseal(token, AGENT) == inner

    with bounded():
        refused_or_read(
            cases, mutated([sealed, signed], TOKEN), unseal, Refused, both=False
        )


@pytest.mark.parametrize("cases", CASES)
def test_signed_requests(cases: int) -> None:
    told = claims()
    signed = jose.sign(told, PORTAL, "writeback-request+jwt")

    def authenticate(token: bytes) -> None:
        read = messages.authenticate(Opened(token), PORTALS, AGENT_ID, b"digest")
        assert read.jti == told["jti"]

    with bounded():
        refused_or_read(
            cases, mutated([signed], TOKEN), authenticate, Refused, both=False
        )


@pytest.mark.parametrize("cases", CASES)
def test_claims(cases: int) -> None:
    """A portal that is known may be broken, too."""
    spelled = json.dumps({"v": 1, **claims()}).encode()
    (portal,) = PORTALS.values()

    def read(payload: bytes) -> None:
        known = messages._for_us(jose.json_object(payload), portal, AGENT_ID)
        messages._request(read_claims(known), portal, b"digest")

    with bounded():
        refused_or_read(cases, mutated([spelled], JSON), read, Refused)


@pytest.mark.parametrize(
    "do",
    [
        lambda path: path.write_bytes(b"x"),
        lambda path: path.mkdir(),
        lambda _: subprocess.run(["/bin/true"], check=True),
        lambda _: socket.create_connection(("127.0.0.1", 9)),
    ],
)
def test_what_a_parser_does_beside_is_seen(
    do: Callable[[Path], object], tmp_path: Path
) -> None:
    def parse(data: bytes) -> None:
        with contextlib.suppress(OSError):  # nor does it help to catch what comes of it
            do(tmp_path / "x")
        if len(data) % 2:
            raise Refused(Code.BAD_REQUEST, "odd")

    with pytest.raises(AssertionError, match=r"^\["):
        refused_or_read(200, mutated(FRAMES, JSON), parse, Refused)


def test_the_same_seed_gives_the_same_cases() -> None:
    one, other = mutated(FRAMES, JSON), mutated(FRAMES, JSON)
    assert [next(one) for _ in range(100)] == [next(other) for _ in range(100)]
    assert fuzz.SEED
