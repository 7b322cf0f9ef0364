"""A machine that is set up, whose relay, controller and agent do not answer."""

from pathlib import Path

import pytest

from agent.config import enrolment, secret_store, settings_file
from agent.system import atomic_files
from agent.system.paths import Paths
from tests.fixtures.enrolled import CANARY, enrolled
from tests.unit.wizard.answered import SETTINGS
from wire.keys import PrivateKeys
from wire.secret import Secret

# nothing listens on the first port of this machine
_NOBODY = {"host": "dc1.corp.test", "address": "127.0.0.1"}


@pytest.fixture
def down(tmp_path: Path) -> Path:
    """A machine that is set up, whose relay and controller do not answer."""
    places = Paths.below(tmp_path / "home")
    plain = SETTINGS.model_dump(mode="json")
    directory = {**plain["directory"], "controllers": [_NOBODY], "port": 1}
    relay = {"url": "https://localhost:1"}
    settings = settings_file.validate({**plain, "relay": relay, "directory": directory})
    atomic_files.write_atomically(places.settings, settings_file.dump(settings))
    enrolment.save(places.enrolment, enrolled())
    secrets = secret_store.in_folder(places.secrets)
    for keys in (secret_store.AGENT_KEYS, secret_store.SELF_TEST_KEYS):
        secrets.put(keys, PrivateKeys.generate().secret())
    for key in (secret_store.LISTEN_KEY, secret_store.TEST_KEY):
        secrets.put(key, Secret("A" * 43 + "="))
    secrets.put(secret_store.DIRECTORY_PASSWORD, Secret(CANARY))
    return places.home
