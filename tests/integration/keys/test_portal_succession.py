"""A portal takes new keys, at an agent and at its relay, while its requests go on."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from docs.portal_client import Agent, Client, LyingRelayError, Portal, WireError
from docs.portal_keys import fingerprint, new_portal, statement
from docs.portal_succession import next_keys, next_of, succeed, succession
from lab.chroot.errors import LabError
from lab.controller import Lab
from lab.sandbox import AGENT, Sandbox, sandbox
from tests.integration.keys.lying_front import Carry, Lie, lying_front
from tests.integration.keys.steady_requests import SteadyRequests
from tests.integration.keys.test_rotation import allow_changes, installed, until
from tests.integration.keys.test_without_a_gap import LIMITS
from tests.integration.wizard.test_inspection import check_relay
from tests.integration.wizard.test_install import install

# requests that are served before and after each step
SOME = 10
_OLD = "portal.old.json"


@dataclass
class Portals:
    """The portal of an installation by its keys of now; those to come lie beside."""

    whole: Sandbox
    agent_fingerprint: str
    keys: Path

    @property
    def to_come(self) -> Path:
        return next_of(self.keys)

    @contextlib.contextmanager
    def client(self, keys: Path, url: str = "") -> Iterator[tuple[Client, Agent]]:
        """Be the portal with these keys, through the relay or what lies before it."""
        portal = Portal.load(keys)
        client = Client(replace(portal, relay=url or portal.relay))
        with contextlib.closing(client):
            yield client, client.agent(AGENT, self.agent_fingerprint)

    def code_for(self, keys: Path) -> str:
        """What a check is answered that is signed with these keys."""
        guid = self.whole.lab.people["elif"]["objectGUID"]
        user = {"by": "objectGUID", "value": guid}
        with self.client(keys) as (client, agent):
            return str(client.request(agent, "check", user=user)["code"])

    def shown(self) -> tuple[str, str | None]:
        """The fingerprint in `status`, and the former one while that is good too."""
        told = self.whole.host.service().status["portal"]
        return told["fingerprint"], told["former"]

    def wizard_takes(self, keys: Path) -> bool:
        """Whether the wizard takes a code that the owner of these keys joined."""
        whole = self.whole
        rows = check_relay(whole, whole.settings().relay, whole.relay.code(keys))
        return next(row.state for row in rows if row.id == "portal") == "ok"


@pytest.fixture
def portals(fresh_lab: Lab, tmp_path: Path) -> Iterator[Portals]:
    allow_changes(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole, limits=LIMITS)
        until(lambda: whole.host.service().status.get("portal"))
        keys = whole.relay.folder / "portal.json"
        next_keys(keys)
        yield Portals(whole, installed(whole).fingerprint, keys)


def registered(portals: Portals, token: str, name: str = "order") -> None:
    """Give the relay's owner what the portal's owner made; LabError: it is refused."""
    path = portals.whole.relay.folder / name
    path.write_text(token)
    portals.whole.relay.succeed(path)


def test_a_portal_takes_new_keys_while_requests_go_on(portals: Portals) -> None:
    whole, old = portals.whole, portals.keys.with_name(_OLD)
    shutil.copy(portals.keys, old)
    before, after = fingerprint(portals.keys), fingerprint(portals.to_come)
    assert portals.shown() == (before, None)
    assert portals.code_for(portals.to_come) == "forged_request"

    with SteadyRequests(whole, portals.agent_fingerprint, old) as steady:
        steady.wait_for(SOME)
        with portals.client(portals.keys) as (client, agent):
            assert succeed(client, agent, portals.keys)["fingerprint"] == after
        # both are good, until the first request by the new ones
        until(lambda: portals.shown() == (after, before))
        order = succession(portals.keys, AGENT).token.decode("ascii")
        registered(portals, order)
        steady.wait_for(SOME)
    steady.compare()

    # what the portal's owner does then: the keys to come are its keys
    portals.to_come.replace(portals.keys)
    with SteadyRequests(whole, portals.agent_fingerprint, portals.keys) as steady:
        steady.wait_for(SOME)
    steady.compare()
    until(lambda: portals.shown() == (after, None))
    assert portals.code_for(old) == "forged_request"
    assert portals.code_for(portals.keys) == "ok"

    # whoever is let in from now on learns the new keys, proven by the code
    assert portals.wizard_takes(portals.keys)
    assert not portals.wizard_takes(old)
    with pytest.raises(LabError, match="another signing key"):
        registered(portals, statement(old))
    registered(portals, order)  # again, which changes nothing
    assert portals.wizard_takes(portals.keys)


def dropped(_order: bytes, _carry: Carry) -> tuple[int, bytes]:
    return 502, b""


def another_answer(_order: bytes, _carry: Carry) -> tuple[int, bytes]:
    return 200, b"e30.e30.AAAA"


def spoilt(order: bytes, carry: Carry) -> tuple[int, bytes]:
    return carry(order[:-8] + b"AAAAAAAA")


@pytest.mark.parametrize("lie", [dropped, another_answer, spoilt])
def test_new_keys_that_the_relay_withholds_are_not_used(
    portals: Portals, lie: Lie
) -> None:
    before = fingerprint(portals.keys)
    with lying_front(portals.whole.relay) as front:
        front.lie = lie
        with (
            portals.client(portals.keys, front.url) as (client, agent),
            pytest.raises(WireError),
        ):
            succeed(client, agent, portals.keys)
        assert portals.shown() == (before, None)
        assert portals.code_for(portals.keys) == "ok"
        # the portal tries again, and a relay that carries it is believed
        front.lie = None
        with portals.client(portals.keys, front.url) as (client, agent):
            succeed(client, agent, portals.keys)
    assert portals.code_for(portals.to_come) == "ok"


def test_new_keys_that_the_relay_s_owner_makes_are_refused(portals: Portals) -> None:
    """It has everything that is the relay's: its host, its Send keys, its database."""
    whole, own = portals.whole, portals.keys.with_name("forged.json")
    relays = Portal.load(portals.keys)
    new_portal(own, relays.issuer, relays.relay, relays.relay_ca)
    next_keys(own)
    before = fingerprint(portals.keys)
    forged = succession(own, AGENT).token

    def forge(_order: bytes, carry: Carry) -> tuple[int, bytes]:
        return carry(forged)

    with lying_front(whole.relay) as front:
        front.lie = forge
        with (
            portals.client(portals.keys, front.url) as (client, agent),
            pytest.raises(WireError, match="HTTP 400"),
        ):
            succeed(client, agent, portals.keys)
        front.lie = lambda _order, carry: (200, carry(forged)[1])
        with (
            portals.client(portals.keys, front.url) as (client, agent),
            pytest.raises(LyingRelayError),
        ):
            succeed(client, agent, portals.keys)
    assert portals.shown() == (before, None)
    assert portals.code_for(portals.keys) == "ok"
    with pytest.raises(LabError, match="does not verify"):
        registered(portals, forged.decode("ascii"))
    assert portals.wizard_takes(portals.keys)
