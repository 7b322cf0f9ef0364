"""Requests go on while the agent's keys are replaced: each is answered, once."""

from dataclasses import replace
from pathlib import Path

from agent.config import secret_store as kept
from agent.keys.sealing_file import SealingFile
from agent.keys.shared_file import locked
from lab.controller import Lab
from lab.sandbox import Sandbox, sandbox
from tests.integration.keys.steady_requests import SteadyRequests
from tests.integration.keys.test_rotation import (
    allow_changes,
    installed,
    sealing_key,
    stored,
    until,
)
from tests.integration.wizard.test_install import change, install
from wire.keys import PrivateKeys
from wizard.inputs import Inputs, Rotation

# far over what is sent here: the limits are tried elsewhere
LIMITS = {"per_minute": 100_000, "checks_per_minute": 100_000}
LIMITS |= {"per_user_per_hour": 1000, "people_per_five_minutes": 100_000}
REQUESTS = 250
SOME = 30


def test_requests_go_on_while_the_agents_keys_are_replaced(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    allow_changes(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        settings = install(whole, limits=LIMITS)
        fingerprint = installed(whole).fingerprint
        until(lambda: sealing_key(whole))
        names = (kept.LISTEN_KEY, kept.TEST_KEY)
        before = {name: stored(whole, name) for name in names}
        sealed_to = sealing_key(whole)
        portal = whole.relay.folder / "portal.json"
        rotations = (
            Rotation(shared=True),
            Rotation(sealing=True),
            Rotation(sealing=True, shared=True),
        )
        with SteadyRequests(whole, fingerprint, portal) as steady:
            for rotation in rotations:
                steady.wait_for(REQUESTS // 4)
                change(whole, settings, Inputs(rotation=rotation))
            steady.wait_for(max(REQUESTS - len(steady.codes), 50))
        assert len(steady.codes) >= REQUESTS
        steady.compare()
        assert all(stored(whole, name) != before[name] for name in names)
        until(lambda: sealing_key(whole) not in (None, sealed_to))
        assert installed(whole).fingerprint == fingerprint


def test_requests_go_on_while_the_sealing_key_rolls_by_itself(
    fresh_lab: Lab, tmp_path: Path
) -> None:
    allow_changes(fresh_lab)
    with sandbox(fresh_lab, tmp_path / "stage") as whole:
        install(whole, limits=LIMITS)
        until(lambda: sealing_key(whole))
        fingerprint = installed(whole).fingerprint
        portal = whole.relay.folder / "portal.json"
        with SteadyRequests(whole, fingerprint, portal) as steady:
            steady.wait_for(SOME)
            before = age_sealing_key(whole)
            until(lambda: current_sealing_key(whole) != before)
            # they go on with the key that they fetched before, a former one by now
            steady.wait_for(SOME)
        steady.compare()
        with SteadyRequests(whole, fingerprint, portal) as steady:
            steady.wait_for(SOME)
        steady.compare()
        assert not steady.unanswered


def age_sealing_key(whole: Sandbox) -> str:
    """Have it be that the agent made its sealing key 31 days ago; give its id."""
    file = sealing_file(whole)
    with locked(file.path):
        made = file.read()
        assert made is not None
        file.write(replace(made, made=made.made - 31 * 24 * 3600))
    return made.current


def current_sealing_key(whole: Sandbox) -> str:
    made = sealing_file(whole).read()
    assert made is not None
    return made.current


def sealing_file(whole: Sandbox) -> SealingFile:
    own = PrivateKeys.of(stored(whole, kept.AGENT_KEYS))
    return SealingFile(whole.host.places.sealing_keys, own)
