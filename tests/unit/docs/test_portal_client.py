"""The reference client: an agent whose machine was restored is not taken for itself."""

import time
from pathlib import Path
from typing import Any

import pytest

from docs.portal_client import (
    Client,
    LyingRelayError,
    Portal,
    RestoredError,
    Sealed,
    Seen,
    WireError,
)
from docs.portal_keys import new_portal
from wire import jose, messages
from wire.keys import PrivateKeys, PublicKeys, new_key

AGENT = PrivateKeys.generate()
FINGERPRINT = AGENT.public.fingerprint


class AnsweredClient(Client):
    """A client whose relay passes on what one agent signed."""

    def __init__(self, portal: Portal, seen: Seen | None = None) -> None:
        super().__init__(portal, seen=seen)
        self.agent_keys, self.starts, self.age_s = AGENT, 7, 0.0
        self.lie: dict[str, Any] = {}

    def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        asked, _, nonce = path.partition("?nonce=")
        assert (method, asked, body) == ("GET", "srv1/keys", b"")
        claims: dict[str, Any] = {
            "iss": "srv1",
            "iat": int(time.time() - self.age_s),
            "keys": self.agent_keys.public.jwks(),
            "instance": "one",
            "starts": self.starts,
            "nonce": nonce,
        } | self.lie
        return 200, jose.sign(claims, self.agent_keys, "writeback-keys+jwt")


@pytest.fixture
def portal(tmp_path: Path) -> Portal:
    path = tmp_path / "portal.json"
    new_portal(path, "https://portal.corp.test", "https://relay.corp.test", None)
    return Portal.load(path)


def test_starts_that_only_grow_are_an_agents(portal: Portal) -> None:
    client = AnsweredClient(portal)
    for client.starts in (7, 7, 9):
        assert client.agent("srv1", FINGERPRINT).name == "srv1"


def test_starts_that_go_back_are_a_restored_machines(
    portal: Portal, tmp_path: Path
) -> None:
    path = tmp_path / "portal.seen.json"
    client = AnsweredClient(portal, Seen(path))
    client.agent("srv1", FINGERPRINT)
    later = AnsweredClient(portal, Seen(path))
    later.starts = 6
    with pytest.raises(
        RestoredError, match=r"6 times, and 7 times before.*writeback rekey"
    ):
        later.agent("srv1", FINGERPRINT)
    later.starts = 8
    later.agent("srv1", FINGERPRINT)


def test_new_keys_count_anew(portal: Portal) -> None:
    client = AnsweredClient(portal)
    client.agent("srv1", FINGERPRINT)
    client.agent_keys, client.starts = PrivateKeys.generate(), 1
    client.agent("srv1", client.agent_keys.public.fingerprint)


def test_of_several_sealing_keys_the_first_is_sealed_to(portal: Portal) -> None:
    client = AnsweredClient(portal)
    client.agent_keys = PrivateKeys(AGENT.signing, new_key(), (AGENT.sealing,))
    agent = client.agent("srv1", FINGERPRINT)
    assert agent.sealing.thumbprint() == client.agent_keys.sealing.thumbprint()


def test_keys_that_a_relay_kept_are_refused(portal: Portal) -> None:
    client = AnsweredClient(portal)
    client.age_s, client.starts = 200.0, 6
    with pytest.raises(WireError, match="it was kept"):
        client.agent("srv1", FINGERPRINT)


@pytest.mark.parametrize(
    "lie", [{"nonce": "0123456789abcdef"}, {"nonce": None}, {"iss": "srv2"}, {"v": 2}]
)
def test_keys_that_are_not_signed_for_this_question_are_refused(
    portal: Portal, lie: dict[str, Any]
) -> None:
    client = AnsweredClient(portal)
    client.lie = lie
    with pytest.raises(LyingRelayError):
        client.agent("srv1", FINGERPRINT)


def answer_of(portal: Portal, sent: Sealed, **lie: Any) -> bytes:
    claims = {
        "iss": "srv1",
        "aud": portal.issuer,
        "iat": int(time.time()),
        "jti": sent.jti,
        "request": sent.hash,
        "code": "ok",
    }
    own = PublicKeys(portal.signing, portal.sealing)
    return messages.seal_answer(claims | lie, AGENT, own)


def test_an_answer_is_taken_for_its_own_request_alone(portal: Portal) -> None:
    client = AnsweredClient(portal)
    agent = client.agent("srv1", FINGERPRINT)
    first, second = (client.seal(agent, "check", {}) for _ in range(2))
    honest = answer_of(portal, first)
    assert client.open(agent, first, 200, honest)["code"] == "ok"
    with pytest.raises(LyingRelayError):
        client.open(agent, second, 200, honest)


@pytest.mark.parametrize(
    "lie",
    [
        *({"aud": "https://other.test"}, {"jti": "0123456789abcdef"}, {"iss": "srv2"}),
        *({"request": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"}, {"v": 2}),
        *({"iat": 1_000_000_000}, {"iat": 5_000_000_000}),
    ],
    ids=str,
)
def test_an_answer_that_is_bound_to_anything_else_is_refused(
    portal: Portal, lie: dict[str, Any]
) -> None:
    client = AnsweredClient(portal)
    agent = client.agent("srv1", FINGERPRINT)
    sent = client.seal(agent, "check", {})
    with pytest.raises(WireError):
        client.open(agent, sent, 200, answer_of(portal, sent, **lie))


def test_an_error_token_of_another_request_is_refused(portal: Portal) -> None:
    client = AnsweredClient(portal)
    agent = client.agent("srv1", FINGERPRINT)
    first, second = (client.seal(agent, "reset", {}) for _ in range(2))
    told = {"iss": "srv1", "iat": int(time.time()), "code": "forged_request"}
    token = jose.sign(told | {"request": first.hash}, AGENT, "writeback-error+jwt")
    assert client.open(agent, first, 400, token)["code"] == "forged_request"
    with pytest.raises(LyingRelayError):
        client.open(agent, second, 400, token)
