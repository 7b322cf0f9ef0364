"""The reference client's new keys, taken by an agent: both by docs/wire.md alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.keys.portals import Portals
from agent.request import succession as endpoint
from docs.portal_client import Client, LyingRelayError, Portal, WireError
from docs.portal_keys import fingerprint, new_portal
from docs.portal_succession import next_keys, next_of, succeed, succession
from tests.fixtures.lying_relay import AGENT, ISSUER, Lie, LyingRelay, lying_relay
from wire import messages
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys, PublicKeys

CANARY = "Canary-7f3a-Passw0rd!"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "portal.json"
    new_portal(path, ISSUER, "", None)
    next_keys(path)
    return path


def public(path: Path) -> PublicKeys:
    portal = Portal.load(path)
    return PublicKeys(portal.signing, portal.sealing)


class Taking:
    """The agent's side of a succession behind the relay, as it really is."""

    def __init__(self, relay: LyingRelay, path: Path) -> None:
        own = messages.Portal(ISSUER, public(path))
        tester = messages.Portal("urn:test", PrivateKeys.generate().public)
        file = path.parent / "succession.json"
        self.portals = Portals(file, AGENT, own, tester)
        self.relay = relay

    def answer(self, _: LyingRelay, request: RelayRequest) -> RelayResponse:
        if not request.target.endswith("/portal"):
            return self.relay.agent.answer(request)
        identity = self.relay.agent.identity
        return endpoint.answer(request.body, identity, self.portals.succeed)


@pytest.fixture
def relay(path: Path, tmp_path: Path) -> Iterator[LyingRelay]:
    with lying_relay(tmp_path, public(path)) as relay:
        yield relay


@pytest.fixture
def taking(relay: LyingRelay, path: Path) -> Taking:
    made = Taking(relay, path)
    relay.lie = Lie("POST", made.answer)
    return made


@pytest.fixture
def client(path: Path, relay: LyingRelay, taking: Taking) -> Iterator[Client]:
    own = replace(Portal.load(path), send_key="aGVsbG8=", send_key_name="portal")
    client = Client(replace(own, relay=relay.url, relay_ca=str(relay.ca)))
    yield client
    client.close()


def test_an_agent_takes_the_keys_to_come(
    client: Client, relay: LyingRelay, taking: Taking, path: Path
) -> None:
    agent = client.agent(AGENT, relay.agent.identity.keys.public.fingerprint)
    for _ in range(2):  # the answer of the first may be lost
        answer = succeed(client, agent, path)
    assert answer["fingerprint"] == fingerprint(next_of(path))
    assert taking.portals.age().fingerprint == fingerprint(next_of(path))
    assert taking.portals.age().former == fingerprint(path)


def test_a_relay_that_says_so_in_the_agents_place_is_found_out(
    client: Client, relay: LyingRelay, path: Path
) -> None:
    agent = client.agent(AGENT, relay.agent.identity.keys.public.fingerprint)

    def forge(there: LyingRelay, request: RelayRequest) -> RelayResponse:
        portals = Taking(there, path).portals
        return endpoint.answer(request.body, there.forger, portals.succeed)

    relay.lie = Lie("POST", forge)
    with pytest.raises(LyingRelayError):
        succeed(client, agent, path)


def test_an_answer_to_an_older_order_is_none(
    client: Client, relay: LyingRelay, taking: Taking, path: Path
) -> None:
    agent = client.agent(AGENT, relay.agent.identity.keys.public.fingerprint)
    request = RelayRequest("POST", "/a/portal", {}, succession(path, AGENT).token)
    kept = taking.answer(relay, request)
    relay.lie = Lie("POST", lambda _relay, _request: kept)
    with pytest.raises(LyingRelayError, match="another request"):
        succeed(client, agent, path)


def test_a_refusal_is_told(client: Client, relay: LyingRelay, path: Path) -> None:
    agent = client.agent(AGENT, relay.agent.identity.keys.public.fingerprint)
    relay.lie = None  # the fixture's agent takes no new keys
    with pytest.raises(WireError, match="takes no new keys: HTTP 400"):
        succeed(client, agent, path)


def test_keys_to_come_are_not_written_over(path: Path) -> None:
    before = next_of(path).read_bytes()
    with pytest.raises(FileExistsError):
        next_keys(path)
    assert next_of(path).read_bytes() == before
    assert next_of(path).stat().st_mode & 0o777 == 0o600
    own, following = (json.loads(each.read_text()) for each in (path, next_of(path)))
    assert own.pop("keys") != following.pop("keys")
    assert own == following
