"""What the agent starts from: read at once, and every problem named."""

from dataclasses import replace

import pytest

from agent.config import agent_config, enrolment, secret_store
from agent.config.errors import SettingsError
from agent.system.paths import Paths
from tests.fixtures.enrolled import CANARY
from wire.secret import Secret


def test_an_agent_does_not_start_on_a_copy(
    places: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent_config, "machine_name", lambda: "here")
    stored = enrolment.load(places.enrolment)
    enrolment.save(places.enrolment, replace(stored, machine="here"))
    assert agent_config.load(places).enrolment.machine == "here"
    enrolment.save(places.enrolment, replace(stored, machine="there"))
    with pytest.raises(SettingsError, match="writeback rekey"):
        agent_config.load(places)


@pytest.mark.parametrize("name", ["agent-keys", "relay-listen-key"])
def test_a_spoiled_secret_is_named_and_not_shown(places: Paths, name: str) -> None:
    secret_store.in_folder(places.secrets).put(name, Secret(CANARY))
    with pytest.raises(SettingsError, match=name) as refused:
        agent_config.load(places)
    assert CANARY not in str(refused.value)


def test_a_key_for_tests_that_others_could_read_is_named(places: Paths) -> None:
    assert agent_config.load(places).test_key is None
    secret_store.in_folder(places.secrets).put(secret_store.TEST_KEY, Secret(CANARY))
    (path,) = places.secrets.glob(f"*{secret_store.TEST_KEY}")
    path.chmod(0o644)
    with pytest.raises(SettingsError, match=secret_store.TEST_KEY) as refused:
        agent_config.load(places)
    assert CANARY not in str(refused.value)
