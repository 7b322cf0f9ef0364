"""Microsoft's npm listener against our relay: the protocol as others speak it."""

import asyncio
import contextlib
import io
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests.fixtures.node_package import node_package
from tests.fixtures.relay_stage import Enrolled, RelayStage, relay_stage

_SOURCES = Path(__file__).parent / "hyco"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


@pytest.fixture
async def agent(stage: RelayStage) -> Enrolled:
    return await stage.enrol("agent1")


@pytest.fixture(scope="session")
def peer() -> Path:
    """Install the listener once, outside of what is kept in git."""
    return node_package(_SOURCES, "listener.js", "hyco-https")


@contextlib.asynccontextmanager
async def hyco(stage: RelayStage, agent: Enrolled, script: Path) -> AsyncIterator[None]:
    """Run the listener until it is registered."""
    # hyco's own createRelayListenUri always adds :443, so the whole URI is given
    server = f"wss://localhost:{stage.port}/$hc/{agent.name}?sb-hc-action=listen"
    token = stage.listen_headers(agent)["ServiceBusAuthorization"]
    process = await asyncio.create_subprocess_exec(
        "node",
        # Node 18 tries ::1 for localhost and nothing else; the relay is on IPv4
        "--dns-result-order=ipv4first",
        str(script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(stage.ca)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps({"server": server, "token": token}).encode())
        process.stdin.close()
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line == b"listening\n", line + await _rest(process)
        yield
        assert process.returncode is None, await process.stdout.read()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _rest(process: asyncio.subprocess.Process) -> bytes:
    process.kill()
    return (await process.communicate())[0]


async def ask(
    stage: RelayStage, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, Mapping[str, str], bytes]:
    headers = stage.send_headers("agent1") | headers
    async with (
        stage.client() as client,
        client.post(path, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, answer.headers, await answer.read()


async def test_microsofts_listener_answers_through_the_relay(
    stage: RelayStage, agent: Enrolled, peer: Path
) -> None:
    async with hyco(stage, agent, peer):
        status, headers, body = await ask(stage, "/agent1/resets?a=b", b"hello", {})
    assert (status, body) == (200, b"echo: hello")
    assert headers["X-Peer"] == "hyco-https"
    assert headers["X-Url"] == "/agent1/resets?a=b"
    assert headers["Via"] == "1.1 relay.corp.test"


async def test_microsofts_listener_answers_big_by_rendezvous(
    stage: RelayStage, agent: Enrolled, peer: Path
) -> None:
    size = 200_000
    async with hyco(stage, agent, peer):
        got = await ask(stage, "/agent1", b"x", {"X-Answer-Size": str(size)})
    assert (got[0], got[2]) == (200, b"h" * size)


async def test_microsofts_listener_fetches_a_big_request_by_rendezvous(
    stage: RelayStage, agent: Enrolled, peer: Path
) -> None:
    size = 200_000
    async with hyco(stage, agent, peer):
        status, headers, _ = await ask(stage, "/agent1", b"q" * size, {})
    assert (status, headers["X-Body-Size"]) == (200, str(size))


async def test_many_requests_at_once_are_not_mixed_up(
    stage: RelayStage, agent: Enrolled, peer: Path
) -> None:
    bodies = [f"question {number}".encode() for number in range(40)]
    async with hyco(stage, agent, peer):
        got = await asyncio.gather(
            *(ask(stage, "/agent1", body, {}) for body in bodies)
        )
    assert [answer[2] for answer in got] == [b"echo: " + body for body in bodies]
