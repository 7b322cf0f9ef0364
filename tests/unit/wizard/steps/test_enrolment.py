"""The enrolment: made, moved, taken back without ending what stood before."""

from dataclasses import replace
from typing import Any

import pytest

from agent.config import secret_store as kept
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.fake_relay import (
    ISSUER,
    PORTAL_KEYS,
    STATEMENT,
    FakeRelay,
    enrolling,
)
from tests.unit.wizard.steps.installation import changed, spoil
from wire import jose
from wire.enrolment_code import RelayHalf
from wire.keys import PrivateKeys
from wire.portal_statement import KIND, PortalStatement
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
    assert row.state == "ok"
    assert row.detail.startswith("Takes requests of https://portal.corp.test, whose")


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
def test_an_agent_that_lost_its_keys_proves_nothing(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, lost: str
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
    with pytest.raises(RelayFailed, match="Another agent"):
        EnrolmentStep().apply(again, context)
    EnrolmentStep().undo(Begun(0, again, None), context)
    assert (relay.keys, relay.withdrawn) == (stood, [])
    assert keyed.read(keyed.places.enrolment) == text
    relay.keys.clear()  # the relay's owner forgot it
    EnrolmentStep().apply(again, context)
    assert set(relay.keys) == set(stood)


def test_an_agent_that_replaces_its_keys_keeps_its_name(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    EnrolmentStep().apply(change, context)
    stood, inputs = dict(relay.keys), context.inputs
    context = on(keyed, replace(inputs, new_keys=True))
    keys = Keys().plan(Target(SETTINGS, context))
    (again,) = EnrolmentStep().plan(Target(SETTINGS, context, tuple(keys)))
    for each in keys:
        Keys().apply(each, context)
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


OTHER = PrivateKeys.generate()


def _claims(claims: dict[str, Any], keys: PrivateKeys = PORTAL_KEYS) -> str:
    sound = STATEMENT.token.encode()
    kept_claims = jose.read_signed(sound, PORTAL_KEYS.public, KIND)
    return jose.sign(kept_claims | claims, keys, KIND).decode()


def _spliced() -> str:
    """Give a statement with the portal's signature under other claims."""
    changed_payload = _claims({"iss": "https://evil.test"}).split(".")[1]
    head, _, signature = STATEMENT.token.split(".")
    return f"{head}.{changed_payload}.{signature}"


LIES: dict[str, tuple[object, str]] = {
    "keys of its own": (
        PortalStatement.sign(ISSUER, OTHER, 1).token,
        "another portal's keys than the code",
    ),
    "a sealing key of its own": (
        _claims(
            {"keys": [*PORTAL_KEYS.public.jwks()[:1], *OTHER.public.jwks()[1:]]}
        ).rpartition(".")[0]
        + ".AAAA",
        "no statement of a portal",
    ),
    "the portal's keys under its own signature": (
        _claims({}, OTHER),
        "the signature does not verify",
    ),
    "another issuer": (_spliced(), "the signature does not verify"),
    "an issuer with an escape": (
        _claims({"iss": "urn:x\x1b[2K\nFingerprint"}),
        "a URI",
    ),
    "an endless issuer": (_claims({"iss": "urn:" + "x" * 5000}), "a URI"),
    "another kind of statement": (
        jose.sign({"iss": ISSUER}, PORTAL_KEYS, "writeback-keys+jwt").decode(),
        "no statement",
    ),
    "another version": (_claims({"v": 2}), "version 1 of the wire"),
    "the bare keys of before": (
        {"issuer": ISSUER, "keys": PORTAL_KEYS.public.jwks()},
        "no signed statement",
    ),
    "nothing": (None, "no signed statement"),
    "a megabyte": ("A" * 1_000_000, "is over 8192 bytes"),
}


@pytest.mark.parametrize(("statement", "why"), LIES.values(), ids=LIES.keys())
def test_a_relay_that_lies_about_the_portal_is_refused(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, statement: object, why: str
) -> None:
    FakeRelay(statement).installed(monkeypatch)
    change, context = enrolling(keyed)
    with pytest.raises(StepFailed, match=why) as refused:
        EnrolmentStep().apply(change, context)
    assert "Do not use this relay" in refused.value.remedy
    assert refused.value.whole.isprintable()
    assert len(refused.value.whole) < 500
    assert keyed.read(keyed.places.enrolment) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("connection", "another"),
        ("connection", "sync-01\nFingerprint: AB12"),
        ("listen_key_name", "listen\x1b[2K"),
        ("test_key_name", "\u202e"),
        ("test_key_name", "x" * 1_000_000),
    ],
)
def test_names_of_a_relay_have_their_form(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    FakeRelay(**{name: value}).installed(monkeypatch)
    change, context = enrolling(keyed)
    with pytest.raises((StepFailed, RelayFailed)) as refused:
        EnrolmentStep().apply(change, context)
    assert refused.value.whole.isprintable()
    assert len(refused.value.whole) < 300
    assert keyed.read(keyed.places.enrolment) is None


def test_the_portals_fingerprint_is_shown_before_and_after(
    keyed: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeRelay().installed(monkeypatch)
    change, context = enrolling(keyed)
    whole = PORTAL_KEYS.public.fingerprint
    first_half = whole[: len(whole) // 2]
    assert change.summary.endswith(f"its fingerprint begins with {first_half}")
    EnrolmentStep().apply(change, context)
    (row,) = EnrolmentStep().verify(Target(SETTINGS, on(keyed)))
    assert f"fingerprint is {whole}: compare it with your portal." in row.detail


def test_the_relays_half_alone_says_what_it_is(keyed: FakeHost) -> None:
    inputs = Inputs(enrolment_code=Secret(RelayHalf.new().text))
    with pytest.raises(StepFailed, match="relay's half alone; the owner of your"):
        EnrolmentStep().plan(Target(SETTINGS, on(keyed, inputs)))


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
