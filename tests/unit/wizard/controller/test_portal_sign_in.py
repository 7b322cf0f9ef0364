"""Which keys a sign-in to a portal is asked with, and where they end up."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config import secret_store as kept
from agent.config.settings import Relay
from tests.fixtures.scripted_portal import ScriptedPortal, pending, scripted_portal
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.keys import PrivateKeys
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.enrolment.keys import fingerprint
from wizard.enrolment.portal_client import SignInFailed
from wizard.inputs import Inputs
from wizard.plan.change import allow_all
from wizard.plan.step import Target
from wizard.results import PortalAsked, SignedIn
from wizard.steps.keys import Keys


@pytest.fixture
def host(tmp_path: Path) -> FakeHost:
    return FakeHost(tmp_path / "machine")


@pytest.fixture
def scripted(tmp_path: Path) -> Iterator[ScriptedPortal]:
    with scripted_portal(tmp_path) as made:
        yield made


def run(
    host: FakeHost,
    scripted: ScriptedPortal,
    inputs: Inputs | None = None,
    *,
    may: bool = True,
) -> tuple[SignedIn | None, list[PortalAsked]]:
    controller = Controller(host, allow_all if may else lambda: False)
    way = Relay(url=scripted.url, ca=str(scripted.ca))
    told: list[PortalAsked] = []
    stop = threading.Event()
    given = controller.sign_in.run(
        way, "sync-01", inputs or Inputs(), stop, told.append
    )
    return given, told


def test_a_new_agents_keys_are_compared_before_anything_is_stored(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    given, (asked,) = run(host, scripted, may=False)
    assert given is not None
    assert not host.places.home.exists()
    keys = Secret(given.keys)
    assert PrivateKeys.of(keys).public.fingerprint == asked.fingerprint
    assert given.keys not in repr(given)
    assert given.code not in repr(given)
    context = on(host, Inputs(agent_keys=keys))
    (change,) = Keys().plan(Target(SETTINGS, context))
    Keys().apply(change, context)
    assert fingerprint(context) == asked.fingerprint
    assert host.secrets.get(kept.SELF_TEST_KEYS) != keys


def test_a_second_try_is_made_with_the_same_keys(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    keys = PrivateKeys.generate().secret()
    given, (asked,) = run(host, scripted, Inputs(agent_keys=keys))
    assert given is not None
    assert given.keys == keys.reveal()
    assert asked.fingerprint == PrivateKeys.of(keys).public.fingerprint


def test_an_agent_that_is_there_asks_as_who_it_is(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    stored = PrivateKeys.generate()
    host.secrets.put(kept.AGENT_KEYS, stored.secret())
    given, (asked,) = run(host, scripted)
    assert given is not None
    assert given.keys == ""
    assert asked.fingerprint == stored.public.fingerprint


def test_its_keys_are_used_for_nobody_who_may_not_change_the_machine(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    host.secrets.put(kept.AGENT_KEYS, PrivateKeys.generate().secret())
    with pytest.raises(SignInFailed, match="you may not use them"):
        run(host, scripted, may=False)
    assert scripted.fields == []


def test_new_keys_are_asked_with_where_they_are_wanted(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    stored = PrivateKeys.generate()
    host.secrets.put(kept.AGENT_KEYS, stored.secret())
    given, (asked,) = run(host, scripted, Inputs(new_keys=True), may=False)
    assert given is not None
    assert asked.fingerprint != stored.public.fingerprint
    context = on(host, Inputs(new_keys=True, agent_keys=Secret(given.keys)))
    for change in Keys().plan(Target(SETTINGS, context)):
        Keys().apply(change, context)
    assert fingerprint(context) == asked.fingerprint


def test_a_refusal_leaves_the_machine_as_it_was(
    host: FakeHost, scripted: ScriptedPortal
) -> None:
    scripted.polls = [pending("access_denied")]
    with pytest.raises(SignInFailed, match="refused this agent"):
        run(host, scripted)
    assert not host.places.home.exists()
