"""Keys are replaced at a real relay by the agent's own order, and taken back by one."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from agent.config import enrolment, settings_file
from agent.config import secret_store as kept
from agent.config.settings import Settings
from tests.fixtures.enrolled import enrolled
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.unit.wizard.fake_host import FakeHost, on
from tests.unit.wizard.steps.installation import changed
from wire.secret import Secret
from wizard.elevation.codec import same
from wizard.enrolment.relay_client import RelayFailed
from wizard.host import stored_secrets
from wizard.host.stored_secrets import previous
from wizard.inputs import Inputs, Rotation
from wizard.plan.change import Begun, Change, Context, NothingDone, Plan, StepFailed
from wizard.plan.step import Restart, Step, Target, plan
from wizard.steps.key_rotation import SHARED, SealingKeyRotation, SharedKeyRotation

AGENT = "sync-01"


@dataclass
class Setup:
    """A machine whose agent is enrolled at a relay that runs."""

    stage: RelayStage
    agent: Enrolled
    host: FakeHost
    settings: Settings

    def context(self, **rotation: bool) -> Context:
        return on(self.host, Inputs(rotation=Rotation(**rotation)))

    def target(self, **rotation: bool) -> Target:
        return Target(self.settings, self.context(**rotation))

    def stored(self) -> tuple[str, ...]:
        secrets = [self.host.secrets.get(name) for name in SHARED]
        return tuple("" if secret is None else secret.reveal() for secret in secrets)

    @property
    def before(self) -> tuple[str, str]:
        return self.agent.listen_key, self.agent.test_key

    def known(self) -> tuple[str, str]:
        """What the relay takes as the current keys."""
        found = self.stage.store.agent(AGENT)
        assert found is not None
        return found.listen_key, found.test_key

    async def listens(self, key: str) -> bool:
        """Say whether the relay lets a listener in that has a key."""
        agent = replace(self.agent, listen_key=key)
        async with listening_agent(
            self.stage, agent, echo, connected=False
        ) as listening:
            await until(lambda: listening.connected or listening.reasons)
            return listening.connected


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    host = FakeHost(tmp_path / "machine")
    async with relay_stage(tmp_path) as stage:
        agent = await stage.enrol(AGENT)
        settings = changed(relay={"url": stage.url, "ca": str(stage.ca)})
        host.write(host.places.settings, settings_file.dump(settings))
        made = replace(enrolled(), relay_url=stage.url, connection=AGENT)
        host.write(host.places.enrolment, enrolment.dump(made))
        host.secrets.put(kept.AGENT_KEYS, agent.keys.secret())
        for name, key in zip(SHARED, (agent.listen_key, agent.test_key), strict=True):
            host.secrets.put(name, Secret(key))
        yield Setup(stage, agent, host, settings)


async def run(work: Callable[..., Any], *arguments: object) -> Any:
    """Do what asks the relay beside the loop that the relay runs in."""
    return await asyncio.to_thread(work, *arguments)


async def rotated(setup: Setup) -> Change:
    (change,) = SharedKeyRotation().plan(setup.target(shared=True))
    await run(SharedKeyRotation().apply, change, setup.context(shared=True))
    return change


async def test_both_sides_have_new_keys(setup: Setup) -> None:
    await rotated(setup)
    assert setup.known() == setup.stored()
    assert not set(setup.before) & set(setup.stored())
    for key in setup.stored():
        assert len(base64.b64decode(key, validate=True)) == 32


async def test_the_former_key_listens_until_the_new_one_is_used(setup: Setup) -> None:
    """So the agent that runs goes on until the one after it is there."""
    await rotated(setup)
    assert await setup.listens(setup.before[0])
    assert await setup.listens(setup.stored()[0])


async def test_a_plan_names_no_key(setup: Setup) -> None:
    change = await rotated(setup)
    for key in (*setup.before, *setup.stored()):
        assert key not in repr(change.as_dict())


async def test_it_is_taken_back(setup: Setup) -> None:
    change = await rotated(setup)
    begun = Begun(0, change, {})
    await run(SharedKeyRotation().undo, begun, setup.context())
    assert setup.known() == setup.stored() == setup.before
    assert not setup.host.secrets.holds(previous(kept.LISTEN_KEY))
    await run(SharedKeyRotation().undo, begun, setup.context())
    assert setup.known() == setup.stored() == setup.before


async def test_what_was_cut_off_before_the_relay_knew_is_taken_back(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "wizard.steps.key_rotation.rotate_shared_keys"

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    (change,) = SharedKeyRotation().plan(setup.target(shared=True))
    with monkeypatch.context() as cut:
        cut.setattr(module, dies)
        with pytest.raises(KeyboardInterrupt):
            SharedKeyRotation().apply(change, setup.context(shared=True))
    assert setup.known() == setup.before
    await run(SharedKeyRotation().undo, Begun(0, change, None), setup.context())
    assert setup.known() == setup.stored() == setup.before


async def test_a_relay_that_is_down_leaves_what_was(setup: Setup) -> None:
    (change,) = SharedKeyRotation().plan(setup.target(shared=True))
    await setup.stage.stop()
    with pytest.raises(NothingDone):
        await run(SharedKeyRotation().apply, change, setup.context(shared=True))
    assert setup.stored() == setup.before
    begun = Begun(0, change, None)  # cut off, where nobody knows what it did
    for name in SHARED:
        stored_secrets.keep_previous(name, setup.host.secrets)
    with pytest.raises(RelayFailed):
        await run(SharedKeyRotation().undo, begun, setup.context())
    await setup.stage.start()
    await run(SharedKeyRotation().undo, begun, setup.context())
    assert setup.known() == setup.stored() == setup.before


async def test_a_relay_that_knows_no_such_agent_is_nothing_to_be_stuck_at(
    setup: Setup,
) -> None:
    (change,) = SharedKeyRotation().plan(setup.target(shared=True))
    known = setup.stage.store.agent(AGENT)
    assert known
    setup.stage.store.remove_agent(known)
    with pytest.raises(NothingDone, match="no such agent"):
        await run(SharedKeyRotation().apply, change, setup.context(shared=True))
    assert setup.stored() == setup.before
    for name in SHARED:
        stored_secrets.keep_previous(name, setup.host.secrets)
        setup.host.secrets.put(name, Secret("bmV3"))
    await run(SharedKeyRotation().undo, Begun(0, change, None), setup.context())
    assert setup.stored() == setup.before


async def test_the_agents_own_signature_orders_it(setup: Setup) -> None:
    """Who has the Listen key alone orders nothing."""
    (change,) = SharedKeyRotation().plan(setup.target(shared=True))
    other = await setup.stage.enrol("other-1")
    setup.host.secrets.put(kept.AGENT_KEYS, other.keys.secret())
    with pytest.raises(RelayFailed):
        await run(SharedKeyRotation().apply, change, setup.context(shared=True))
    assert setup.known() == setup.before


@pytest.mark.parametrize("name", [kept.AGENT_KEYS, *SHARED])
async def test_what_is_missing_takes_an_enrolment(setup: Setup, name: str) -> None:
    setup.host.secrets.remove(name)
    with pytest.raises(StepFailed) as refused:
        SharedKeyRotation().plan(setup.target(shared=True))
    assert "writeback repair" in refused.value.remedy


@pytest.mark.parametrize("step", [SealingKeyRotation(), SharedKeyRotation()])
async def test_nothing_is_planned_unless_it_is_wished(setup: Setup, step: Step) -> None:
    assert step.plan(setup.target()) == ()


async def test_the_agent_is_told_from_when_a_sealing_key_must_be(setup: Setup) -> None:
    step, context = SealingKeyRotation(), setup.context(sealing=True)
    text = setup.host.read(setup.host.places.enrolment)
    (change,) = step.plan(setup.target(sealing=True))
    step.refuse_stale([change], context)
    step.apply(change, context)
    made = context.load_enrolment()
    assert made.replace_sealing_before > 0
    assert replace(made, replace_sealing_before=0) == enrolment.parse(text or "", "x")
    with pytest.raises(StepFailed, match="was changed"):
        step.refuse_stale([change], context)
    step.undo(Begun(0, change, {}), context)
    assert setup.host.read(setup.host.places.enrolment) == text


async def test_a_plan_that_is_made_again_later_is_the_same(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The root service plans anew, and takes no other plan than was accepted."""
    everything = setup.target(sealing=True, shared=True)
    steps = (SealingKeyRotation(), SharedKeyRotation())
    shown = Plan(setup.settings, plan(steps, setup.settings, everything.context))
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    again = Plan(setup.settings, plan(steps, setup.settings, everything.context))
    assert len(shown.changes) == 2
    assert same(shown, again)


def test_a_new_sealing_key_makes_no_gap() -> None:
    assert SealingKeyRotation.restart is Restart.RELOAD


async def test_a_key_of_this_very_second_is_replaced_too(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both times are whole seconds, so that a key must be of a later one."""
    now = 1_900_000_000
    monkeypatch.setattr(time, "time", lambda: now + 0.9)
    for made, before in ((now, now + 1), (now - 1, now), (now + 9, now)):
        setup.host.status = {"sealing_key": {"made": made, "next": made + 1}}
        step, context = SealingKeyRotation(), setup.context(sealing=True)
        (change,) = step.plan(setup.target(sealing=True))
        step.apply(change, context)
        assert context.load_enrolment().replace_sealing_before == before
