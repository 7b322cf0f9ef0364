"""The agent goes on, whatever those around it do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.config import agent_config, settings_file
from agent.service import service
from agent.service.service import Service
from agent.system import atomic_files
from agent.system.paths import Paths
from tests.fixtures import ber
from tests.fixtures.ldap_server import LdapServer, ldap_server
from tests.fixtures.relay_stage import until
from tests.unit.agent.config.test_settings import GOOD


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[LdapServer]:
    with ldap_server(tmp_path / "controller") as running:
        yield running


@pytest.fixture
def places(places: Paths, controller: LdapServer) -> Paths:
    """An installed agent whose one controller is the test's."""
    endpoint = controller.endpoint
    directory = {
        **GOOD["directory"],
        "controllers": [{"host": endpoint.host, "address": endpoint.address}],
        "port": endpoint.port,
        "ca": str(endpoint.ca),
    }
    settings = settings_file.validate({**GOOD, "directory": directory})
    atomic_files.write_atomically(places.settings, settings_file.dump(settings))
    return places


@contextlib.asynccontextmanager
async def serving(places: Paths) -> AsyncIterator[asyncio.Task[None]]:
    """Run the agent in this process."""
    running = asyncio.create_task(Service(agent_config.load(places)).run())
    try:
        yield running
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


ODD = {
    "a result that nobody knows": ber.result(0x61, 4711),
    "no result": ber.tlv(0x61),
    "elements that do not fit": b"\x61\x7f\x0a",
}


@pytest.mark.parametrize("kind", ODD)
async def test_a_controller_that_answers_oddly_ends_nothing(
    places: Paths,
    controller: LdapServer,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "_WARM_EVERY_S", 0.05)
    controller.answer = lambda number, _: [ber.message(number, ODD[kind])]
    async with serving(places) as running:
        await until(lambda: controller.connections >= 3 or running.done(), "asked on")
        assert not running.done()


async def test_a_fault_of_our_own_is_told_and_ends_nothing(
    places: Paths,
    controller: LdapServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = 0

    def fail(_: object) -> bool:
        nonlocal calls
        calls += 1
        raise KeyError("Canary-7f3a-Passw0rd!")

    monkeypatch.setattr(service, "_AGAIN_S", 0.05)
    monkeypatch.setattr("agent.ldap.pool.Pool.keep_warm", fail)
    async with serving(places) as running:
        await until(lambda: calls >= 3 or running.done(), "tried again")
        assert not running.done()
    assert "failed and goes on: KeyError" in caplog.text
    assert "Canary" not in caplog.text
