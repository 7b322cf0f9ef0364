"""Under a flood of silent and dribbling connections the honest are served."""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import ReportLine
from tests.fixtures.relay_process import relay_process
from tests.fixtures.relay_stage import RelayStage, echo, listening_agent, until

# 100 a minute
_EVERY_S = 0.6
# connections for one request, as many as the portal's
_TRIES = 3
# the flood ends by then, whatever became of us
_LONGEST_S = 400


@asynccontextmanager
async def flooding(stage: RelayStage, connections: int) -> AsyncIterator[None]:
    """Flood the relay's port from another process, which has others to wait for."""
    argv = ["-m", "tests.integration.relay.flood", str(stage.port), str(stage.ca)]
    argv += [str(connections), str(_LONGEST_S)]
    pipe = asyncio.subprocess.PIPE
    flood = await asyncio.create_subprocess_exec(
        sys.executable, *argv, stdin=pipe, stdout=pipe
    )
    assert flood.stdin is not None
    assert flood.stdout is not None
    try:
        assert await flood.stdout.readline() == b"flooding\n"
        yield
        assert flood.returncode is None
    finally:
        flood.stdin.close()
        await flood.communicate()


async def serve_honest(stage: RelayStage, requests: int) -> int:
    """Send by a new connection each time, 100 a minute; each has its answer.

    Gives how many connections it took more than that: where all is slow, the relay
    can't tell a slow hand from a silent one, and the portal tries as often as here.
    """
    loop = asyncio.get_running_loop()
    began, again = loop.time(), 0
    for number in range(requests):
        for left in reversed(range(_TRIES)):
            try:
                await ask_honestly(stage)
                break
            except aiohttp.ServerDisconnectedError:
                assert left, "never served"
                again += 1
        await asyncio.sleep(max(0.0, began + (number + 1) * _EVERY_S - loop.time()))
    return again


async def ask_honestly(stage: RelayStage) -> None:
    headers = stage.send_headers("agent1")
    async with (
        asyncio.timeout(30),
        stage.client() as client,
        client.post("/agent1", data=b"reset", headers=headers) as answer,
    ):
        assert (answer.status, await answer.read()) == (200, b"reset")


@pytest.mark.parametrize(
    ("connections", "requests", "descriptors"),
    [
        # more than so few descriptors leave room for
        pytest.param(1300, 15, 1024, id="short"),
        # slow: over a minute, and the handshakes keep both sides busy
        pytest.param(5000, 100, 4096, id="long", marks=pytest.mark.slow),
    ],
)
async def test_the_honest_are_served_under_a_flood(
    tmp_path: Path,
    report_line: ReportLine,
    connections: int,
    requests: int,
    descriptors: int,
) -> None:
    stage = RelayStage(tmp_path)
    data = tmp_path / "data"
    began = time.monotonic()
    with relay_process(data, stage.leaf, descriptors=descriptors) as relay:
        stage.port = relay.port
        agent = await stage.enrol("agent1")
        async with (
            listening_agent(stage, agent, echo) as linked,
            flooding(stage, connections),
        ):
            again = await serve_honest(stage, requests)
            report_line(f"{requests} requests, {again} connections of them were lost")
            assert linked.connected
            assert linked.reasons == []  # never sent away meanwhile
        assert relay.process.poll() is None
        lines = [line for line in relay.log.splitlines() if "dropped" in line]
    stage.store.close()
    assert 1 <= len(lines) <= 1 + (time.monotonic() - began) / 60


def highest_descriptor(pid: int) -> int:
    return max(int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir())


async def test_a_relay_without_descriptors_goes_on_when_there_are_some(
    tmp_path: Path,
) -> None:
    stage = RelayStage(tmp_path)
    with relay_process(tmp_path / "data", stage.leaf) as relay:
        stage.port = relay.port
        agent = await stage.enrol("agent1")
        async with listening_agent(stage, agent, echo) as linked:
            pid = relay.process.pid
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            few = (highest_descriptor(pid) + 2, before[1])
            resource.prlimit(pid, resource.RLIMIT_NOFILE, few)
            silent = [
                await asyncio.open_connection("127.0.0.1", relay.port) for _ in range(8)
            ]
            await until(lambda: "Too many open files" in relay.log, "it is told")
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            assert await serve_honest(stage, 1) == 0
            assert linked.reasons == []
            for _, writer in silent:
                writer.close()
        assert relay.process.poll() is None
        assert relay.log.count("Too many open files") == 1
    stage.store.close()
