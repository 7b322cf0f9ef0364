"""Requests go on while the agent's keys are replaced: each is answered, once."""

from pathlib import Path

from agent.config import secret_store as kept
from lab.controller import Lab
from lab.sandbox import sandbox
from tests.integration.keys.steady_requests import SteadyRequests
from tests.integration.keys.test_rotation import (
    allow_changes,
    installed,
    sealing_key,
    stored,
    until,
)
from tests.integration.wizard.test_install import change, install
from wizard.inputs import Inputs, Rotation

# far over what is sent here: the limits are tried elsewhere
LIMITS = {"per_minute": 100_000, "checks_per_minute": 100_000}
LIMITS |= {"per_user_per_hour": 1000, "people_per_five_minutes": 100_000}
REQUESTS = 250


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
        # one that is about to stop says so (503); that nobody is there is never heard
        assert "502" not in steady.unanswered
        assert all(stored(whole, name) != before[name] for name in names)
        until(lambda: sealing_key(whole) not in (None, sealed_to))
        assert installed(whole).fingerprint == fingerprint
