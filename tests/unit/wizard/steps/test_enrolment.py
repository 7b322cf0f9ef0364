"""The enrolment: made, moved, taken back without ending what stood before."""

from typing import Any

import pytest

from agent.config import secret_store as kept
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.fake_relay import FakeRelay, enrolling
from tests.unit.wizard.steps.installation import changed, spoil
from wire.keys import PrivateKeys
from wire.secret import Secret
from wire.text import Text
from wizard.enrolment.relay_client import RelayFailed
from wizard.inputs import Inputs
from wizard.plan.change import Begun, Change, StepFailed
from wizard.plan.step import Target
from wizard.steps.enrolment import EnrolmentStep
from wizard.steps.keys import Keys


def test_an_enrolment_is_made_once(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    assert EnrolmentStep().plan(Target(SETTINGS, on(keyed))) == ()
    (row,) = EnrolmentStep().verify(Target(SETTINGS, on(keyed)))
    assert (row.state, row.detail) == (
        "ok",
        "Takes requests of https://portal.corp.test.",
    )


@pytest.mark.parametrize(
    ("ahead", "rule"), [(-3300.0, "55 min behind"), (301.0, "5 min ahead of")]
)
def test_nothing_is_begun_by_a_clock_that_the_relay_would_refuse(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, ahead: float, rule: str
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    relay.ahead = ahead
    with pytest.raises(StepFailed, match=f"clock is {rule} the relay's.*Set both"):
        enrolling(keyed)
    relay.ahead = 299.0
    assert enrolling(keyed)


def test_new_keys_are_enrolled_anew(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    keys = Change("keys", Text("Creates keys"), None, {"names": []})
    assert len(EnrolmentStep().plan(Target(SETTINGS, context, (keys,)))) == 1


@pytest.mark.parametrize("lost", ["read", "damaged", "gone"])
@pytest.mark.parametrize("refused", [False, True])
def test_an_agent_that_lost_its_keys_keeps_its_name(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, lost: str, *, refused: bool
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    stood, text = dict(relay.keys), keyed.read(keyed.places.enrolment)
    if lost == "gone":
        keyed.secrets.remove(kept.AGENT_KEYS)
    else:
        spoil(keyed, kept.AGENT_KEYS, lost)
    keys = Keys().plan(Target(SETTINGS, context))
    (again,) = EnrolmentStep().plan(Target(SETTINGS, context, tuple(keys)))
    for each in keys:
        Keys().apply(each, context)
    if refused:
        relay.fails = RelayFailed(410, "The code has expired.", "Ask for a new one.")
        with pytest.raises(RelayFailed, match="expired"):
            EnrolmentStep().apply(again, context)
        relay.fails = None
        EnrolmentStep().undo(Begun(0, again, None), context)
        assert (relay.keys, relay.withdrawn) == (stood, [])
        assert keyed.read(keyed.places.enrolment) == text
        return
    made = EnrolmentStep().apply(again, context)
    assert relay.withdrawn == [("https://relay.corp.test", "sync-01")]
    assert set(relay.keys) == set(stood)
    assert relay.keys != stood
    EnrolmentStep().undo(Begun(0, again, made), context)
    assert relay.keys == {}


def test_another_agent_keeps_its_name(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    relay.keys = {"sync-01": ["another's"]}
    change, context = enrolling(keyed)
    with pytest.raises(RelayFailed, match="Another agent"):
        EnrolmentStep().apply(change, context)
    assert (relay.keys, relay.withdrawn) == ({"sync-01": ["another's"]}, [])


def test_a_relay_that_slips_in_keys_of_its_own_is_refused(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay(PrivateKeys.generate().public.jwks()).installed(monkeypatch)
    change, context = enrolling(keyed)
    with pytest.raises(StepFailed, match="other portal keys than the code"):
        EnrolmentStep().apply(change, context)
    assert keyed.read(keyed.places.enrolment) is None


@pytest.mark.parametrize("made", [{"listen_key_name": "listen"}, None])
def test_an_enrolment_is_taken_back_also_when_it_was_cut_off(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, made: Any
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    assert relay.agents == set()
    assert keyed.read(keyed.places.enrolment) is None


def test_a_relay_that_can_not_be_told_keeps_the_enrolment(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    made = EnrolmentStep().apply(change, context)
    relay.fails = RelayFailed(0, "It did not answer.", "Try again.")
    with pytest.raises(RelayFailed):
        EnrolmentStep().undo(Begun(0, change, made), on(keyed))
    assert keyed.read(keyed.places.enrolment) is not None


def test_moving_to_another_relay_comes_back_to_the_first(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    before = keyed.read(keyed.places.enrolment)
    other = changed(relay={"url": "https://relay2.corp.test"})
    moved, context = enrolling(keyed, other)
    made = EnrolmentStep().apply(moved, context)
    assert keyed.read(keyed.places.enrolment) != before
    EnrolmentStep().undo(Begun(0, moved, made), on(keyed))
    assert keyed.read(keyed.places.enrolment) == before


def test_another_port_of_a_relay_is_another_place(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    there = changed(relay={"url": "https://relay.corp.test:8443"})
    change, context = enrolling(keyed, there)
    EnrolmentStep().apply(change, context)
    place = keyed.places.enrolment
    for text in (place.read_text(), place.read_text().replace("portal_keys", "x")):
        place.write_text(text)
        moved, _ = enrolling(keyed)
        assert moved.after is not None
        assert not moved.after["stood"]
    again, _ = enrolling(keyed, there)
    assert again.after is not None
    assert again.after["stood"]


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (None, "An enrolment code is needed"),
        (Secret("AAAAA-AAAAA"), "^The enrolment code must have 56 .* Type it again"),
    ],
)
def test_a_code_that_is_none_never_gets_to_a_plan(
    keyed: FakeHost, code: Secret | None, rule: str
) -> None:
    with pytest.raises(StepFailed, match=rule) as needed:
        EnrolmentStep().plan(Target(SETTINGS, on(keyed, Inputs(enrolment_code=code))))
    assert needed.value.needs == ("" if code else "enrolment_code")
