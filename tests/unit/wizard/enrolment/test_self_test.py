"""The wizard's own test at a relay that lies: refused, and told as such."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config.enrolment import Enrolment
from agent.config.settings import Relay
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.lying_relay import (
    AGENT,
    ANSWERS,
    GARBAGE,
    ISSUER,
    KEYS,
    Lie,
    LyingRelay,
    lying_relay,
)
from wire import messages
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys
from wire.outcomes import Code
from wire.secret import Secret
from wizard.enrolment.relay_client import DO_NOT_TRUST, RelayFailed, Sender
from wizard.enrolment.self_test import ask_agent, claims_of, works_from
from wizard.results import SelfTestResult

CANARY = "Canary-7f3a-Passw0rd!"
TESTER = PrivateKeys.generate()


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[LyingRelay]:
    with lying_relay(tmp_path, TESTER.public) as relay:
        yield relay


def code_for(relay: LyingRelay, who: str) -> str:
    return ask(relay, claims_of("mail", who, Secret(CANARY))).code


def ask(relay: LyingRelay, claims: dict[str, Any]) -> SelfTestResult:
    endpoint = RelayEndpoint(Relay(url=relay.url, ca=str(relay.ca)))
    enrolment = Enrolment(
        relay_url=relay.url,
        connection=AGENT,
        listen_key_name="listen",
        test_key_name="self-test",
        portal_issuer="https://portal.test",
        portal_keys=(),
        self_test_issuer=ISSUER,
        self_test_keys=(),
    )
    sender = Sender(endpoint, AGENT, Secret("aGVsbG8="), "self-test")
    keys = relay.agent.identity.keys.public
    return ask_agent(sender, enrolment, TESTER, keys, claims)


def test_a_relay_that_does_not_lie_is_no_obstacle(relay: LyingRelay) -> None:
    assert [code_for(relay, who) for who in ("anna", "bruno")] == [Code.OK, Code.OK]
    assert relay.agent.done == ["anna", "bruno"]


def test_a_check_says_that_nothing_was_changed(relay: LyingRelay) -> None:
    checked = ask(relay, claims_of("mail", "anna", None))
    written = ask(relay, claims_of("mail", "anna", Secret(CANARY)))

    assert (checked.code, checked.check_only) == (Code.OK, True)
    assert checked.admin == checked.message == "Would work. Nothing was changed."
    assert (written.code, written.check_only) == (Code.OK, False)
    assert written.admin.startswith("The directory accepted the request.")


@pytest.mark.parametrize("lie", ANSWERS)
def test_what_is_no_answer_to_a_request_is_refused(relay: LyingRelay, lie: str) -> None:
    assert code_for(relay, "anna") is Code.OK
    relay.lie = Lie("POST", ANSWERS[lie])
    with pytest.raises(RelayFailed, match="not this agent's to this") as refused:
        code_for(relay, "bruno")
    assert refused.value.remedy == DO_NOT_TRUST


@pytest.mark.parametrize("lie", KEYS)
def test_keys_that_are_not_the_agents_of_now_are_refused(
    relay: LyingRelay, lie: str
) -> None:
    assert code_for(relay, "anna") is Code.OK
    relay.lie = Lie("GET", KEYS[lie])
    with pytest.raises(RelayFailed, match="other keys than this agent's"):
        code_for(relay, "bruno")
    assert relay.agent.done == ["anna"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("lie", GARBAGE)
def test_garbage_is_refused_and_never_printed_raw(
    relay: LyingRelay, lie: str, method: str
) -> None:
    relay.lie = Lie(method, GARBAGE[lie])
    with pytest.raises(RelayFailed) as refused:
        code_for(relay, "anna")
    shown = str(refused.value.whole)
    assert shown.isprintable()
    assert len(shown) < 1000
    assert CANARY not in shown


@pytest.mark.parametrize("code", ["a code of a later agent", None, 7, ["ok"]])
def test_a_code_that_is_not_known_is_none_that_worked(
    relay: LyingRelay, code: object
) -> None:
    def later(relay: LyingRelay, request: RelayRequest) -> RelayResponse:
        identity = relay.agent.identity
        opened = messages.unseal(request.body, identity.keys)
        known = messages.authenticate(opened, identity.portals, AGENT, b"")
        return identity.sealed({"code": code}, known.reply_to, request.body)

    relay.lie = Lie("POST", later)
    assert code_for(relay, "anna") == Code.INTERNAL


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("2026-12-01T00:24:44+00:00", ["It works from 2026-12-01 00:24 UTC on."]),
        ("2026-12-01T02:24:44+02:00", ["It works from 2026-12-01 00:24 UTC on."]),
        ("soon", []),
        ("0001-01-01T00:00:00+23:59", []),
        (None, []),
        ([1], []),
    ],
)
def test_from_when_on_it_works_is_a_time_as_people_write_it(
    said: object, words: list[str]
) -> None:
    assert list(works_from({"earliest": said})) == words
