"""The agent goes on, whatever those around it do."""

import asyncio
import contextlib
import sys
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


async def test_a_state_that_can_not_be_written_ends_nothing(
    places: Paths, controller: LdapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the start on, as where the disk is full; it is written when it can be."""
    monkeypatch.setattr(service, "_WARM_EVERY_S", 0.05)
    in_its_place = places.status / "a folder that is no file"
    in_its_place.mkdir(parents=True)
    async with serving(places) as running:
        await until(lambda: controller.connections or running.done(), "went on")
        assert not running.done()
        in_its_place.rmdir()
        places.status.rmdir()
        await until(lambda: places.status.exists() or running.done(), "written")
        assert not running.done()


WANTING = """
import asyncio, os, pathlib, resource, sys
from agent.config import agent_config
from agent.service import service
from agent.system.paths import Paths

service._WARM_EVERY_S = service._AGAIN_S = 0.05
home, controls = map(pathlib.Path, sys.argv[1:])


async def want() -> None:
    "Take every descriptor there is, and let go of them when told to."
    while not (controls / "take").exists():
        await asyncio.sleep(0.01)
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 4096))
    taken = []
    while not (controls / "let go").exists():
        try:
            taken.append(os.open("/dev/null", os.O_RDONLY))
        except OSError:
            os.utime(controls / "take")
            await asyncio.sleep(0.01)
    for each in taken:
        os.close(each)


async def main() -> None:
    running = service.Service(agent_config.load(Paths.below(home))).run()
    await asyncio.gather(running, want())


asyncio.run(main())
"""


async def test_no_descriptors_left_ends_nothing(
    places: Paths, controller: LdapServer, tmp_path: Path
) -> None:
    controls = tmp_path / "controls"
    controls.mkdir()
    agent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WANTING, str(places.home), str(controls)),
        stderr=asyncio.subprocess.PIPE,
    )
    assert agent.stderr is not None
    take = controls / "take"
    try:
        await until(lambda: controller.connections, "at work")
        take.touch()
        taken = take.stat().st_mtime_ns
        await until(lambda: take.stat().st_mtime_ns > taken, "none is left")
        controller.close_all()
        asked = controller.connections
        taken = take.stat().st_mtime_ns
        await until(lambda: take.stat().st_mtime_ns > taken + 10**9, "for a while")
        (controls / "let go").touch()
        await until(
            lambda: controller.connections > asked or agent.returncode is not None,
            "at work again",
        )
        assert agent.returncode is None
    finally:
        with contextlib.suppress(ProcessLookupError):
            agent.kill()
        said = await agent.stderr.read()
        await agent.wait()
    assert b"Traceback" not in said, said.decode()
