"""The keys: made once, replaced where they are of no use, taken back, never told."""

import json
from dataclasses import replace

import pytest

from agent.config import secret_store as kept
from agent.keys.sealing_rotation import SealingRotation
from agent.request.ledger import Ledger
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import secrets_now, spoil
from wire.keys import PrivateKeys
from wire.secret import Secret
from wire.text import Text
from wizard.host.agent_state import agent_state
from wizard.inputs import Inputs
from wizard.plan import journal
from wizard.plan.change import Begun, Change, StepFailed
from wizard.plan.step import Target
from wizard.steps.keys import Keys


def test_keys_are_made_once(host: FakeHost) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    Keys().apply(change, on(host))
    assert Keys().plan(Target(SETTINGS, on(host))) == ()
    (row,) = Keys().verify(Target(SETTINGS, on(host)))
    assert row.state == "ok"


def test_keys_in_a_plan_are_names(host: FakeHost) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    record = json.dumps([change.as_dict(), dict(made)])
    for name in kept.NAMES:
        stored = host.secrets.get(name)
        assert stored is None or stored.reveal() not in record
    assert set(made) == {"fingerprint"}


def test_only_the_keys_that_were_made_are_taken_back(host: FakeHost) -> None:
    host.secrets.put(kept.TEST_KEY, Secret(CANARY))
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    Keys().undo(Begun(0, change, made), on(host))
    Keys().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.AGENT_KEYS) is None
    assert host.secrets.get(kept.TEST_KEY) == Secret(CANARY)


def test_what_an_agent_wrote_goes_with_its_first_keys(host: FakeHost) -> None:
    """A roll-back takes away what the agent of the installation made meanwhile."""
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    write_as_agent(host)
    Keys().undo(Begun(0, change, made), on(host))
    assert agent_state(host.places) == []
    # what tells of the past stays
    assert [path.name for path in host.places.state.iterdir()] == ["audit.head"]


def test_what_an_agent_wrote_stays_while_one_is_enrolled(host: FakeHost) -> None:
    """Lost keys that are made anew: the agent of before goes on with its files."""
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    write_as_agent(host)
    host.write(host.places.enrolment, "{}")
    before = agent_state(host.places)
    Keys().undo(Begun(0, change, made), on(host))
    assert agent_state(host.places) == before != []


def write_as_agent(host: FakeHost) -> None:
    """Leave what an agent does that is ended without a chance to clean up."""
    places, own = host.places, PrivateKeys.generate()
    SealingRotation(places.sealing_keys, own)
    Ledger(places.ledger).close()
    (places.state / "ledger.sqlite-wal").touch()
    (places.state / ".sealing-keys.jwe.half.writeback-new").touch()
    places.audit_head.touch()
    for path in (places.starts, places.breaker, places.succession):
        path.write_text("{}")


def test_keys_that_were_replaced_since_are_left(host: FakeHost) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    made = Keys().apply(change, on(host))
    host.secrets.put(kept.AGENT_KEYS, PrivateKeys.generate().secret())
    with pytest.raises(StepFailed, match="replaced since"):
        Keys().undo(Begun(0, change, made), on(host))
    assert host.secrets.get(kept.AGENT_KEYS) is not None


def test_lost_keys_are_a_finding(host: FakeHost) -> None:
    (row,) = Keys().verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert "agent-keys" in row.detail


@pytest.mark.parametrize("how", ["read", "damaged"])
@pytest.mark.parametrize("inputs", [Inputs(), Inputs(new_keys=True)])
def test_keys_of_no_use_are_a_finding_and_replaced(
    host: FakeHost, how: str, inputs: Inputs
) -> None:
    step = Keys()
    for change in step.plan(Target(SETTINGS, on(host))):
        step.apply(change, on(host))
    test_key = host.secrets.get(kept.TEST_KEY)
    for name in (kept.AGENT_KEYS, kept.LISTEN_KEY):
        spoil(host, name, how)
    (row,) = step.verify(Target(SETTINGS, on(host)))
    assert row.state == "failed"
    assert kept.AGENT_KEYS in row.detail
    assert kept.LISTEN_KEY in row.detail
    assert "writeback repair" in row.remedy
    changes = step.plan(Target(SETTINGS, on(host, inputs)))
    for change in changes:
        step.apply(change, on(host, inputs))
    (row,) = step.verify(Target(SETTINGS, on(host)))
    assert (row.state, step.plan(Target(SETTINGS, on(host)))) == ("ok", ())
    assert (host.secrets.get(kept.TEST_KEY) == test_key) is not inputs.new_keys
    for change in reversed(changes):
        step.undo(Begun(0, change, {}), on(host))
    assert host.secrets.get(kept.TEST_KEY) == test_key


@pytest.mark.parametrize("how", ["read", "damaged", "gone"])
@pytest.mark.parametrize("inputs", [Inputs(), Inputs(new_keys=True)])
@pytest.mark.parametrize("names", [[kept.AGENT_KEYS], [kept.LISTEN_KEY, kept.TEST_KEY]])
def test_keys_that_no_relay_got_to_know_do_not_pass_for_good(
    host: FakeHost, how: str, inputs: Inputs, names: list[str]
) -> None:
    step, context = Keys(), on(host, inputs)
    for change in step.plan(Target(SETTINGS, on(host))):
        step.apply(change, on(host))
    for name in names:
        if how == "gone":
            host.secrets.remove(name)
        else:
            spoil(host, name, how)
    before, found = secrets_now(host), step.verify(Target(SETTINGS, on(host)))
    changes = step.plan(Target(SETTINGS, context))
    for change in changes:
        step.undo(Begun(0, change, None), on(host))  # cut off before: it is as it was
    assert secrets_now(host) == before
    made = [step.apply(change, context) for change in changes]
    assert secrets_now(host) != before
    for facts in (made, [None] * len(made)):
        for change, fact in zip(reversed(changes), reversed(facts), strict=True):
            step.undo(Begun(0, change, fact), on(host))
        assert secrets_now(host) == before
        assert step.verify(Target(SETTINGS, on(host))) == found
    assert [row.state for row in found] == ["failed"]


def test_keys_stay_while_the_relay_knows_them(host: FakeHost) -> None:
    (change,) = Keys().plan(Target(SETTINGS, on(host)))
    begun = journal.begin(host.places.journal)
    begun.intend(0, change)
    enrols = Change("enrolment", Text("Enrols"), None, {})
    begun.intend(1, enrols)
    context = replace(on(host), plan_id=begun.id)
    made = Keys().apply(change, context)
    with pytest.raises(StepFailed, match="withdraw"):
        Keys().undo(Begun(0, change, made), context)
    assert host.secrets.get(kept.LISTEN_KEY) is not None
    begun.undid(1)
    Keys().undo(Begun(0, change, made), context)
    assert host.secrets.get(kept.LISTEN_KEY) is None
