"""What people read in the wizard of a relay's refusals: sentences, with what to do."""

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from agent.config.settings import Relay
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.relay_stage import Enrolled, RelayStage
from wire.enrolment_code import EnrolmentCode
from wire.secret import Secret
from wizard.checks.relay import check_relay
from wizard.enrolment.relay_client import Application, RelayFailed, Sender, ask, enrol

_KEY = Secret("a2V5" * 10 + "a2U")


@dataclass(frozen=True)
class Ground:
    """A relay where one agent is, as the wizard meets it."""

    endpoint: RelayEndpoint
    there: Enrolled
    code: EnrolmentCode
    expired: EnrolmentCode

    def enrols(self, name: str, code: EnrolmentCode, **other: Any) -> None:
        """Enrol as the wizard does."""
        agent = Enrolled(name, code)
        application = Application(name, agent.keys, code.secret, *agent.shared)
        enrol(self.endpoint, replace(application, **other))

    def send(self, key: Secret, name: str) -> None:
        """Send as the wizard's test does."""
        Sender(self.endpoint, self.there.name, key, name).send("GET", "keys")


@pytest.fixture
def ground(stage: RelayStage, agent: Enrolled) -> Ground:
    url, ca = f"https://127.0.0.1:{stage.port}", str(stage.ca)
    codes = (stage.new_code(), stage.new_code(hours=-1.0))
    return Ground(RelayEndpoint(Relay(url=url, ca=ca)), agent, *codes)


def _used(ground: Ground) -> None:
    ground.enrols("other", ground.there.code)


def _expired(ground: Ground) -> None:
    ground.enrols("other", ground.expired)


def _unknown(ground: Ground) -> None:
    ground.enrols("other", EnrolmentCode(b"u" * 16, b"p" * 16))


def _taken(ground: Ground) -> None:
    ground.enrols(ground.there.name, ground.code)


def _one_for_both(ground: Ground) -> None:
    ground.enrols("other", ground.code, listen_key=_KEY, test_key=_KEY)


def _misnamed(ground: Ground) -> None:
    ground.enrols("Not A Name", ground.code)


def _nobody(ground: Ground) -> None:
    ground.send(Secret(ground.there.test_key), "self-test")


def _foreign(ground: Ground) -> None:
    ground.send(_KEY, "self-test")


REFUSALS: dict[str, tuple[Callable[[Ground], None], str]] = {
    "used": (_used, r"The relay refused: the code was used by 'agent1' at 20\S+Z\."),
    "expired": (_expired, "The relay refused: the code has expired."),
    "unknown": (_unknown, "The relay refused: this relay does not know the code."),
    "taken": (_taken, "The relay refused: another agent has the name 'agent1'."),
    "one for both": (_one_for_both, "The relay refused: test_key: must not be the"),
    "misnamed": (_misnamed, "The relay refused: agent: must be 1 to 63 of"),
    "nobody": (_nobody, "The relay refused: no agent listens on this connection."),
    "foreign": (_foreign, "The relay refused: no key of this name signed the token."),
}


def is_sentence(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z].*[^.]\.", text))


@pytest.mark.parametrize(("act", "sentence"), REFUSALS.values(), ids=REFUSALS.keys())
async def test_a_refusal_is_worded_in_sentences(
    ground: Ground, act: Callable[[Ground], None], sentence: str
) -> None:
    with pytest.raises(RelayFailed, match=sentence) as refused:
        await asyncio.to_thread(act, ground)
    assert is_sentence(refused.value.what), refused.value.what
    assert is_sentence(refused.value.remedy), refused.value.remedy


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ABC", "The enrolment code must have 56 letters and digits, not 3."),
        ("1", "The enrolment code holds a sign that never occurs in a code;"),
        (EnrolmentCode(b"u" * 16, b"p" * 16).text, "This relay does not know the code"),
    ],
)
async def test_a_code_that_is_none_is_worded_in_sentences(
    ground: Ground, code: str, sentence: str
) -> None:
    never = threading.Event()
    rows = await asyncio.to_thread(check_relay, ground.endpoint, Secret(code), never)
    (row,) = [row for row in rows if row.state == "failed"]
    assert row.detail.startswith(sentence)
    assert is_sentence(row.detail)
    assert is_sentence(row.remedy)


async def test_an_error_that_is_no_text_is_not_shown(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others than our relay answer JSON too."""
    body = b'{"error": {"code": 40103}}'
    odd = replace(
        await asyncio.to_thread(ask, ground.endpoint, "GET", "/", b"", {}), body=body
    )
    monkeypatch.setattr("wizard.enrolment.relay_client.ask", lambda *_: odd)
    with pytest.raises(RelayFailed, match=r"^The relay does not know this agent\."):
        _nobody(ground)
