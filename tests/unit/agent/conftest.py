"""An installed agent's files, and a socket that datagrams are sent to."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.config import enrolment, secret_store, settings_file
from agent.system import atomic_files
from agent.system.paths import Paths
from tests.fixtures.enrolled import CANARY, enrolled
from tests.unit.agent.config.test_settings import GOOD
from wire.keys import PrivateKeys
from wire.secret import Secret


@pytest.fixture
def places(tmp_path: Path) -> Paths:
    paths = Paths.below(tmp_path)
    settings = settings_file.validate(GOOD)
    atomic_files.write_atomically(paths.settings, settings_file.dump(settings))
    enrolment.save(paths.enrolment, enrolled())
    secrets = secret_store.in_folder(paths.secrets)
    secrets.put(secret_store.AGENT_KEYS, PrivateKeys.generate().secret())
    secrets.put(secret_store.LISTEN_KEY, Secret("A" * 43 + "="))
    secrets.put(secret_store.DIRECTORY_PASSWORD, Secret(CANARY))
    return paths


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "socket"))
        server.settimeout(5)
        yield server
