"""The boundary: every request gets one answer and one record, whatever happens."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from agent.active_directory.domain_cache import DomainCache
from agent.config.settings_file import validate
from agent.keys.portals import Portals
from agent.ldap.pool import Pool, Target
from agent.request import stages
from agent.request.audit import Audit
from agent.request.breaker import Breaker
from agent.request.endpoints import Endpoints, Health
from agent.request.handler import Handler
from agent.request.identity import Identity
from agent.request.ledger import Ledger
from agent.request.rate_limit import RateLimit
from agent.request.stages import Tools
from agent.self_service.published import published
from agent.self_service.vouching import Vouching
from agent.system.instance import Instance
from tests.unit.agent.config.test_settings import GOOD
from tests.unit.agent.keys.portal_orders import order
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
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys, PublicKeys
from wire.messages import Portal
from wire.outcomes import Code
from wire.secret import Secret
from wire.sent_request import SentRequest

TESTER = PrivateKeys.generate()
PROCESS = Instance("0123456789abcdef", 7)


class Desk:
    """A handler whose directory has no controller at all."""

    def __init__(
        self,
        folder: Path,
        issuer: str = ISSUER,
        also: Callable[[Mapping[str, Any]], None] | None = None,
        **limits: int,
    ) -> None:
        settings = validate(GOOD | {"limits": limits})
        self.folder = folder
        target = Target((), settings.directory.base_dn, "svc", Secret("x"))
        self.ledger = Ledger(folder / "ledger.sqlite")
        tools = Tools(
            settings=settings,
            pool=Pool(target),
            domain=DomainCache(settings),
            ledger=self.ledger,
            rate=RateLimit(5),
            reads=RateLimit(3),
            breaker=Breaker(folder / "breaker.json", self.ledger, 5),
            vouching=Vouching(AGENT_ID, lambda: AGENT, settings.self_service),
        )
        self.counted: list[Code] = []
        self.portals = Portals(
            folder / "succession.json",
            AGENT_ID,
            Portal(issuer, PORTAL.public),
            Portal("urn:writeback:self-test:agent-1", TESTER.public, is_self_test=True),
        )
        identity = Identity(
            AGENT_ID,
            lambda: AGENT,
            self.portals.by_kid,
            PROCESS,
            self.portals.used,
        )
        handler = Handler(
            identity,
            tools,
            Audit(folder / "audit.jsonl", also),
            count=lambda code, _: self.counted.append(code),
        )
        health = Health(ready=False, paused=False, directory=False)
        self.endpoints = Endpoints(
            identity,
            handler,
            lambda: health,
            self.portals.succeed,
            published(settings),
        )

    def post(self, token: bytes) -> RelayResponse:
        return self.endpoints.answer(RelayRequest("POST", "/a/resets", {}, token))

    def ask(self, **more: Any) -> dict[str, Any]:
        sent = SentRequest.seal(claims(**more), PORTAL, AGENT.public)
        response = self.post(sent.token)
        assert response.status == 200
        return sent.answer(response.body)

    def get(self, target: str) -> RelayResponse:
        return self.endpoints.answer(RelayRequest("GET", target, {}, b""))

    def records(self) -> list[dict[str, Any]]:
        text = (self.folder / "audit.jsonl").read_text()
        assert CANARY not in text
        return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.endpoints.close()
    opened.ledger.close()


@pytest.mark.parametrize(
    ("by", "value", "rule"),
    [
        ("userPrincipalName", "", "must not be empty"),
        ("sAMAccountName", " ", "must not be empty"),
        ("mail", "a" * 10_240, "must have 1024 characters or fewer"),
        ("sAMAccountName", "an\x00na\n\x1b[2J", "must not hold control characters"),
        ("objectGUID", "00112233-4455-6677-8899-aabbccddee", "32 hexadecimal digits"),
        ("ms-DS-ConsistencyGuid", "AAAA", "the base64 of its 16 bytes"),
    ],
)
def test_an_absurd_user_is_named_with_what_is_wrong(
    desk: Desk, by: str, value: str, rule: str
) -> None:
    answer = desk.ask(user={"by": by, "value": value})
    assert answer["code"] == "bad_request"
    detail = answer["detail"]
    assert detail.startswith(f"user: the {by} must ")
    assert rule in detail
    assert repr(value[:60])[:-1] in detail
    assert detail.isprintable()
    assert len(detail) < 250
    assert answer["remedy"]
    (record,) = desk.records()
    assert record["detail"] == detail
    assert record["user"]["value"] == value[:1024]


NONCE = "0123456789abc-_Z"


@pytest.mark.parametrize("path", ["keys", "ready"])
@pytest.mark.parametrize(
    ("query", "nonce"),
    [
        (f"?nonce={NONCE}", NONCE),
        (f"?nonce={NONCE * 4}", NONCE * 4),
        (f"?a=b&nonce={NONCE}&c", NONCE),
        ("", None),
        ("?a=b", None),
    ],
)
def test_an_agent_signs_the_nonce_of_who_asks(
    desk: Desk, path: str, query: str, nonce: str | None
) -> None:
    response = desk.get(f"/a/{path}{query}")
    claims = jose.read_signed(response.body, AGENT.public, f"writeback-{path}+jwt")
    assert claims.get("nonce") == nonce
    assert (claims["v"], claims["iss"]) == (1, AGENT_ID)


@pytest.mark.parametrize(
    "query",
    [
        *("nonce=", "nonce", f"nonce={NONCE[1:]}", f"nonce={NONCE * 4}a"),
        *(f"nonce={NONCE}%20", f"nonce={NONCE}%0a", f"nonce={NONCE}+"),
        f"nonce={NONCE}&nonce={NONCE}",
    ],
)
def test_a_nonce_that_is_none_is_refused(desk: Desk, query: str) -> None:
    response = desk.get(f"/a/keys?{query}")
    assert (response.status, response.body) == (400, b'{"code": "bad_request"}')


def test_an_error_token_names_the_body_that_it_refuses(desk: Desk) -> None:
    stranger = SentRequest.seal(claims(), STRANGER, AGENT.public)
    response = desk.post(stranger.token)
    error = stranger.error(response.body)
    assert response.status == 400
    assert set(error) == {"v", "iss", "iat", "code", "message", "id", "request"}
    assert error["code"] == "forged_request"


def test_a_portal_is_told_which_of_its_claims_is_wrong(desk: Desk) -> None:
    answer = desk.ask(new_password=f"{CANARY}\0")
    assert answer["code"] == "bad_request"
    assert answer["detail"].startswith("new_password: must not hold control characters")
    (record,) = desk.records()
    assert (record["portal"], record["jti"]) == (ISSUER, answer["jti"])


def test_another_version_is_told_to_its_portal(desk: Desk) -> None:
    assert desk.ask(v=2)["code"] == "unsupported_version"


def test_a_portal_in_the_name_of_the_self_test_is_a_portal(tmp_path: Path) -> None:
    """Its key says who it is: a test needs no proofs, and is the administrator's."""
    name = "urn:writeback:self-test:agent-1"
    desk = Desk(tmp_path, name, proofs=1)
    try:
        sent = SentRequest.seal(claims(iss=name, op="reset"), PORTAL, AGENT.public)
        answer = sent.answer(desk.post(sent.token).body)
        assert answer["code"] == "not_enough_proofs"
        mine = SentRequest.seal(claims(iss=name, op="reset"), TESTER, AGENT.public)
        answer = mine.answer(desk.post(mine.token).body)
        assert answer["code"] == "directory_unavailable"
        of_portal, of_test = (each["event"] for each in desk.records())
        assert of_portal != of_test
    finally:
        desk.endpoints.close()
        desk.ledger.close()


def test_proofs_are_recorded_as_the_portal_sent_them(desk: Desk) -> None:
    proofs = [{"method": "otp", "at": int(time.time())}]
    desk.ask(methods=proofs)
    assert desk.ask(methods=[{"method": "trust me", "at": 0}])["code"] == "bad_request"
    first, second = desk.records()
    assert first["proofs"] == proofs
    assert second["proofs"] == [{"method": "trust me", "at": 0}]


def test_a_request_for_a_former_key_that_is_gone_is_told_so(desk: Desk) -> None:
    old = PublicKeys(AGENT.public.signing, STRANGER.public.sealing)
    sent = SentRequest.seal(claims(), PORTAL, old)
    assert sent.error(desk.post(sent.token).body)["code"] == "stale_key"


@pytest.mark.parametrize("path", ["keys", "ready"])
def test_an_agent_signs_which_process_it_is_and_how_often_it_started(
    desk: Desk, path: str
) -> None:
    response = desk.endpoints.answer(RelayRequest("GET", f"/a/{path}", {}, b""))
    kind = f"writeback-{path}+jwt"
    claims = jose.read_signed(response.body, AGENT.public, kind)
    assert (claims["instance"], claims["starts"]) == (PROCESS.id, PROCESS.starts)
    assert abs(claims["iat"] - time.time()) < 60


def test_a_start_since_counts_for_the_one_before_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Instance, "counted", 8)
    response = desk.endpoints.answer(RelayRequest("GET", "/a/keys", {}, b""))
    claims = jose.read_signed(response.body, AGENT.public, "writeback-keys+jwt")
    assert claims["starts"] == 8


def test_an_answer_is_for_the_request(desk: Desk) -> None:
    jti = messages.new_jti()
    answer = desk.ask(jti=jti)
    assert answer["code"] == "directory_unavailable"
    assert (answer["iss"], answer["jti"]) == (AGENT_ID, jti)
    (record,) = desk.records()
    assert (record["id"], record["jti"], record["op"]) == (answer["id"], jti, "reset")
    assert record["user"] == {"by": "mail", "value": "anna@corp.test"}
    assert desk.counted == [Code.DIRECTORY_UNAVAILABLE]


def test_a_fault_leaves_as_internal_and_says_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(stages, "admit", fail)
    answer = desk.ask()
    assert (answer["code"], answer["detail"]) == ("internal", "RuntimeError")
    assert CANARY not in json.dumps(answer) + caplog.text
    assert [r["code"] for r in desk.records()] == ["internal"]


def test_a_fault_before_the_portal_is_known_is_signed_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(messages, "unseal", fail)
    response = desk.post(b"x")
    error = jose.read_signed(response.body, AGENT.public, "writeback-error+jwt")
    assert (response.status, error["code"]) == (400, "internal")
    assert len(desk.records()) == 1


def test_forged_requests_use_up_no_limit(desk: Desk) -> None:
    for _ in range(10):
        assert desk.post(b"x").status == 400
    assert desk.ask()["code"] == "directory_unavailable"
    forged, unavailable = desk.records()
    assert (forged["code"], unavailable["code"]) == (
        "forged_request",
        "directory_unavailable",
    )


def test_more_than_the_limit_is_refused(desk: Desk) -> None:
    codes = [desk.ask()["code"] for _ in range(6)]
    assert codes == ["directory_unavailable"] * 5 + ["too_many"]


def test_checks_have_a_budget_of_their_own(desk: Desk) -> None:
    checks = [desk.ask(op="check")["code"] for _ in range(5)]
    resets = [desk.ask()["code"] for _ in range(5)]

    assert checks == ["directory_unavailable"] * 3 + ["too_many"] * 2
    assert resets == ["directory_unavailable"] * 5


def test_the_same_token_at_once_is_done_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on, waiting = (threading.Semaphore(0) for _ in range(3))
    admit = stages.admit

    class Watched(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            waiting.release()
            return super().result(timeout)

    def admit_slowly(*arguments: Any) -> stages.Admitted:
        entered.release()
        assert go_on.acquire(timeout=10)
        return admit(*arguments)

    monkeypatch.setattr("agent.request.exactly_once.Future", Watched)
    monkeypatch.setattr(stages, "admit", admit_slowly)
    token = messages.seal_request(claims(), PORTAL, AGENT.public)
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: answers.append(desk.post(token).body))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert entered.acquire(timeout=10)
    assert all(waiting.acquire(timeout=10) for _ in range(2))
    go_on.release()
    for thread in threads:
        thread.join(10)
    opened = [messages.open_answer(each, PORTAL, AGENT.public) for each in answers]
    assert len({answer["id"] for answer in opened}) == 1
    assert not entered.acquire(blocking=False)
    repeats = [record["answer_of"] for record in desk.records()]
    assert sorted(map(bool, repeats)) == [False, True, True]


def test_a_full_disk_does_not_lose_the_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Audit, "write", full)
    assert desk.ask()["code"] == "directory_unavailable"
    assert "no audit record" in caplog.text
    assert CANARY not in caplog.text


def test_only_what_is_served_is_answered(desk: Desk) -> None:
    for method, path in (("GET", "/a/resets"), ("POST", "/a/keys"), ("GET", "/")):
        response = desk.endpoints.answer(RelayRequest(method, path, {}, b""))
        assert response.status == 404


def test_a_portal_takes_new_keys_between_two_requests(desk: Desk) -> None:
    """Both are good until the new one was used; the answer is bound to the order."""
    new = PrivateKeys.generate()
    token = order(PORTAL, new)
    response = desk.endpoints.answer(RelayRequest("POST", "/a/portal", {}, token))
    assert response.status == 200
    kind = "writeback-succeeded+jwt"
    succeeded = jose.read_signed(response.body, AGENT.public, kind)
    assert succeeded["request"] == jose.body_hash(token)
    assert succeeded["fingerprint"] == new.public.fingerprint
    assert desk.ask()["code"] == "directory_unavailable"
    sent = SentRequest.seal(claims(), new, AGENT.public)
    answered = sent.answer(desk.post(sent.token).body)
    assert answered["code"] == "directory_unavailable"
    old = SentRequest.seal(claims(), PORTAL, AGENT.public)
    refused = desk.post(old.token)
    assert refused.status == 400
    told = jose.read_signed(refused.body, AGENT.public, "writeback-error+jwt")
    assert told["code"] == "forged_request"


def test_an_order_of_a_stranger_is_refused_by_name(desk: Desk) -> None:
    token = order(STRANGER, STRANGER)
    response = desk.endpoints.answer(RelayRequest("POST", "/a/portal", {}, token))
    assert response.status == 400
    told = jose.read_signed(response.body, AGENT.public, "writeback-error+jwt")
    assert (told["code"], told["request"]) == ("forged_request", jose.body_hash(token))
