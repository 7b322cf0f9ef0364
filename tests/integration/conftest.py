"""What stands on the lab: its controller, its relay, peers that are fetched for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.ldap import pool
from agent.request import password_write
from lab.agent_settings import settings_for
from lab.controller import Lab
from tests.fixtures.agent_stage import CANARY, AgentStage

_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here; the hook is given the whole run's tests."""
    for item in items:
        if item.path.is_relative_to(_FOLDER):
            item.add_marker(pytest.mark.live)


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an agent in this process wait for a controller that is only slow.

    Its own 3 s pass on a busy machine; tests of a silent one set them shorter.
    """
    monkeypatch.setattr(pool, "CONNECT_S", 30.0)
    monkeypatch.setattr(pool, "READ_S", 30.0)
    monkeypatch.setattr(password_write, "WRITE_S", 30.0)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A domain controller of this worker's own; tests leave people as they were."""
    started = Lab.start(tmp_path_factory.mktemp("lab"))
    yield started
    started.stop()


@pytest.fixture
def fresh_lab(lab: Lab) -> Lab:
    """The controller in its first state, for a test that changes things."""
    lab.reset()
    return lab


@pytest.fixture(scope="module")
def clean_lab(lab: Lab) -> Lab:
    """Once for this file: each test takes a person of its own."""
    lab.reset()
    return lab


@pytest.fixture
def stage(clean_lab: Lab, tmp_path: Path) -> Iterator[AgentStage]:
    made = AgentStage(clean_lab, tmp_path, settings_for(clean_lab))
    yield made
    made.close()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "audit.jsonl" for path in written)
    for path in written:
        data = path.read_bytes()
        assert b"Canary-7f3a" not in data
        assert CANARY.encode("utf-16-le") not in data
