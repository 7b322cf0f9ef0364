"""The relay or the name of before is left, and by whose key."""

from typing import Any

import pytest

from agent.config import secret_store as kept
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.fake_relay import FakeRelay, enrolling
from tests.unit.wizard.steps.installation import changed, spoil, writing
from wire.text import Text
from wizard.enrolment.relay_client import RelayFailed
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Change
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.keys import Keys
from wizard.steps.old_enrolment import OldEnrolment


@pytest.mark.parametrize(
    "parts", [{"relay": {"url": "https://relay2.corp.test"}}, {"agent": "other"}]
)
def test_one_that_moved_is_withdrawn_where_it_was(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, parts: dict[str, Any]
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    assert (
        OldEnrolment().plan(Target(SETTINGS, context, (change,))) == ()
    )  # it was nowhere
    EnrolmentStep().apply(change, context)
    writing(keyed)
    moved, context = enrolling(keyed, changed(**parts))
    assert moved.after is not None
    assert not moved.after["stood"]
    (leaving,) = OldEnrolment().plan(Target(changed(**parts), context, (moved,)))
    assert leaving.summary == "Withdraws the agent sync-01 from https://relay.corp.test"
    assert leaving.final
    EnrolmentStep().apply(moved, context)
    assert OldEnrolment().apply(leaving, context) == {"told": ""}
    assert relay.withdrawn == [("https://relay.corp.test", "sync-01")]
    relay.fails = RelayFailed(0, "It did not answer.", "Try again.")
    assert "must forget this agent" in str(
        OldEnrolment().apply(leaving, context)["told"]
    )


@pytest.mark.parametrize("opens", [True, False])
def test_one_with_new_keys_is_withdrawn_by_the_old_or_not_at_all(
    keyed: FakeHost,
    monkeypatch: pytest.MonkeyPatch,
    opens: bool,  # noqa: FBT001 - a parameter
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    writing(keyed)
    if not opens:
        spoil(keyed, kept.AGENT_KEYS, "damaged")
    wanted, context = changed(agent="other"), on(keyed, Inputs(new_keys=True))
    (keys,) = Keys().plan(Target(wanted, context))
    moved = Change("enrolment", Text("Enrols"), None, {})
    (leaving,) = OldEnrolment().plan(Target(wanted, context, (keys, moved)))
    Keys().apply(keys, context)
    detail = str(OldEnrolment().apply(leaving, on(keyed))["told"])
    assert bool(relay.withdrawn) is opens
    assert ("must forget this agent" in detail) is not opens


def test_one_that_only_calls_its_relay_otherwise_is_never_withdrawn(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay, there = FakeRelay().installed(monkeypatch), "https://192.0.2.7:8443"
    relay.addresses = {SETTINGS.relay.url, there}
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    writing(keyed)
    before, wanted = keyed.read(keyed.places.enrolment), changed(relay={"url": there})
    moved, context = enrolling(keyed, wanted)
    (leaving,) = OldEnrolment().plan(Target(wanted, context, (moved,)))
    made = EnrolmentStep().apply(moved, context)
    assert "same relay" in str(OldEnrolment().apply(leaving, on(keyed))["told"])
    EnrolmentStep().undo(Begun(0, moved, made), on(keyed))
    assert relay.withdrawn == []
    assert keyed.read(keyed.places.enrolment) == before
    # one that is to move away from there is another matter
    relay.addresses = {there}
    assert OldEnrolment().apply(leaving, on(keyed)) == {"told": ""}
    assert relay.withdrawn == [(SETTINGS.relay.url, "sync-01")]


def test_one_that_stays_leaves_nothing(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    keys = Change("keys", Text("Creates keys"), None, {"names": []})
    (again,) = EnrolmentStep().plan(Target(SETTINGS, context, (keys,)))
    assert OldEnrolment().plan(Target(SETTINGS, context, (keys, again))) == ()
    assert OldEnrolment().plan(Target(changed(agent="other"), context)) == ()
