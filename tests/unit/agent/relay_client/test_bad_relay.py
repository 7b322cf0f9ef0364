"""Whatever a relay does ends at most the connection to it."""

import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import WSMsgType, web

from agent.relay_client import listener
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from wire.hybrid_connections import RelayRequest, RelayResponse

Speak = Callable[[web.WebSocketResponse], Awaitable[None]]
DEEP = '{"request":' * 20_000 + "{}" + "}" * 20_000


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


@pytest.fixture
async def agent(stage: RelayStage) -> Enrolled:
    return await stage.enrol("agent1")


@contextlib.asynccontextmanager
async def speaking(
    stage: RelayStage, speak: Speak, *, tls: bool = True
) -> AsyncIterator[str]:
    """A relay that says what a test wants it to, and reads nothing by itself."""

    async def control(request: web.Request) -> web.StreamResponse:
        channel = web.WebSocketResponse(autoping=False, timeout=0.1)
        await channel.prepare(request)
        await speak(channel)
        return channel

    app = web.Application()
    app.router.add_get("/{path:.*}", control)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    context = stage.server_tls if tls else None
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    try:
        yield f"https://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


ODD = {
    "a text of many levels": DEEP,
    "a list of many levels": "[" * 100_000 + "]" * 100_000,
    "no JSON": "{",
    "a number of many digits": '{"request":' + "9" * 5000 + "}",
    "a request that is none": '{"request":7}',
    "an id that is too long": '{"request":{"id":"' + "x" * 20_000 + '"}}',
    "an address that is none": '{"request":{"id":"1","address":"wss://[::1"}}',
    "a port that is none": '{"request":{"id":"1","address":"wss://localhost:x/"}}',
    "headers of many levels": '{"request":{"id":"1","method":"GET","body":false,'
    '"requestTarget":"/","requestHeaders":{"a":' + "[" * 400 + "]" * 400 + "}}}",
}


@pytest.mark.parametrize("kind", ODD)
async def test_an_odd_frame_ends_the_channel_at_most(
    stage: RelayStage,
    agent: Enrolled,
    kind: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "_delay", lambda _failures: 0.0)
    said = 0

    async def speak(channel: web.WebSocketResponse) -> None:
        nonlocal said
        await channel.send_str(ODD[kind])
        said += 1
        # an echo's answer, the agent's close, or nothing: all are good
        with contextlib.suppress(TimeoutError):
            await channel.receive(timeout=0.2)

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url) as it,
    ):
        await until(lambda: said >= 2 or it.task.done(), "it came back")
        assert not it.task.done()
    assert "Traceback" not in caplog.text
    assert "wss://" not in caplog.text


async def test_only_so_many_rendezvous_hold_frames_at_once(
    stage: RelayStage, agent: Enrolled
) -> None:
    """A relay that wants memory could send each a frame of 1 MiB that never ends."""
    most = listener._MOST_RENDEZVOUS
    open_now, dialled, going_on = 0, [], asyncio.Event()

    async def speak(channel: web.WebSocketResponse) -> None:
        nonlocal open_now
        dialled.append(channel)
        if len(dialled) == 1:  # the control channel: the others are rendezvous
            for number in range(2 * most):
                address = f"{url.replace('https', 'wss')}/{number}"
                head = {"id": str(number), "address": address}
                await channel.send_json({"request": head})
            await going_on.wait()
            return
        open_now += 1
        assert open_now <= most
        await going_on.wait()
        open_now -= 1

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url),
    ):
        await until(lambda: open_now == most, "as many as may are open")
        # it looked at the frames of all of them: the next is answered
        await dialled[0].ping(b"all read")
        assert (await dialled[0].receive(timeout=30)).type is WSMsgType.PONG
        assert open_now == most
        going_on.set()
        await until(lambda: len(dialled) > 2 * most, "the others had their turn")


async def test_a_relay_that_sends_and_reads_nothing_is_found(
    stage: RelayStage, agent: Enrolled
) -> None:
    """Frames that come are no answer to a PING."""
    channels: list[web.WebSocketResponse] = []

    async def speak(channel: web.WebSocketResponse) -> None:
        channels.append(channel)
        with contextlib.suppress(ConnectionError):
            while True:
                await channel.send_str('{"accept":{}}')
                await channel.ping()
                await asyncio.sleep(0.02)

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url, ping_seconds=0.4) as it,
    ):
        await until(lambda: len(channels) >= 2 or it.task.done(), "dialled anew")
        assert "no longer answers" in it.reasons[0]


async def test_an_answer_to_another_ping_is_none(
    stage: RelayStage, agent: Enrolled
) -> None:
    channels: list[web.WebSocketResponse] = []

    async def speak(channel: web.WebSocketResponse) -> None:
        channels.append(channel)
        with contextlib.suppress(ConnectionError):
            while True:
                await channel.pong(b"1000000")
                await asyncio.sleep(0.02)

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url, ping_seconds=0.4) as it,
    ):
        await until(lambda: len(channels) >= 2 or it.task.done(), "dialled anew")
        assert "no longer answers" in it.reasons[0]


async def test_a_relay_that_answers_each_ping_is_kept(
    stage: RelayStage, agent: Enrolled
) -> None:
    pings, channels = 0, 0

    async def speak(channel: web.WebSocketResponse) -> None:
        nonlocal pings, channels
        channels += 1
        async for frame in channel:
            if frame.type is WSMsgType.PING:
                pings += 1
                await channel.pong(frame.data)

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url, ping_seconds=0.3) as it,
    ):
        await until(lambda: pings >= 3 or it.task.done(), "pinged")
        assert it.reasons == [] or channels > 1


async def test_a_relay_that_summons_without_an_end_has_few_tasks(
    stage: RelayStage, agent: Enrolled
) -> None:
    """Each summons is a dial; the frames after it are answered all the same."""
    most = 0

    async def wait(_: RelayRequest) -> RelayResponse:
        await asyncio.Event().wait()
        raise AssertionError

    sent = asyncio.Event()

    async def speak(channel: web.WebSocketResponse) -> None:
        head = '"method":"GET","body":false,"requestTarget":"/"'
        with contextlib.suppress(ConnectionError):
            for number in range(3000):
                await channel.send_str(f'{{"request":{{"id":"{number}",{head}}}}}')
            sent.set()
            await channel.receive()

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, wait, url=url) as it,
    ):
        while not sent.is_set():
            most = max(most, len(it.listener._under_way))
            await asyncio.sleep(0.001)
        await until(lambda: len(it.listener._under_way) >= 100, "as many as may be")
        most = max(most, len(it.listener._under_way))
        assert most <= 400


async def test_orderly_closes_in_a_row_cost_no_long_waits(
    stage: RelayStage, agent: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lets us in and sends us away is there; the sixth time too."""
    longest: list[float] = []

    def note(failures: int) -> float:
        longest.append(listener._DELAYS_S[failures])
        return 0.0

    monkeypatch.setattr(listener, "_delay", note)

    async def speak(channel: web.WebSocketResponse) -> None:
        await channel.close(code=1001)

    async with (
        speaking(stage, speak) as url,
        listening_agent(stage, agent, echo, url=url) as it,
    ):
        await until(lambda: len(it.reasons) >= 6, "six dials and their ends")
    assert max(longest) <= 1.0


FROZEN = """
import asyncio, pathlib, ssl, sys
from agent.config.settings import Relay
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.listener import Listener
from agent.system import process
from tests.fixtures.relay_stage import echo
from wire.secret import Secret

url, ca, name, key = sys.argv[1:]
dialer = Dialer(
    url=url, connection=name, key_name="listen", key=Secret(key),
    ssl=ssl.create_default_context(cafile=ca),
    endpoint=RelayEndpoint(Relay.model_construct(url=url, proxy=None), None),
    ping_seconds=0.5,
)
process.run(Listener(dialer, echo, lambda state: None).run())
"""


async def test_a_freeze_ends_the_connection_and_not_the_agent(tmp_path: Path) -> None:
    """As of a machine whose snapshot is taken: the relay has gone on meanwhile."""
    async with relay_stage(tmp_path, ping_seconds=0.5) as stage:
        agent = await stage.enrol("agent1")
        frozen = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FROZEN),
            *(stage.url, str(stage.ca), agent.name, agent.listen_key),
            stderr=asyncio.subprocess.PIPE,
        )
        assert frozen.stderr is not None
        try:
            for _ in range(2):
                await until(lambda: stage.listeners(agent) == 1, "listening")
                os.kill(frozen.pid, signal.SIGSTOP)
                await until(lambda: stage.listeners(agent) == 0, "given up")
                os.kill(frozen.pid, signal.SIGCONT)
            await until(
                lambda: stage.listeners(agent) == 1 or frozen.returncode is not None,
                "back again",
            )
            assert frozen.returncode is None
        finally:
            with contextlib.suppress(ProcessLookupError):
                frozen.kill()
            said = await frozen.stderr.read()
            await frozen.wait()
    assert b"Traceback" not in said, said.decode()


def test_the_name_of_a_relay_is_taken_from_its_alternative_names() -> None:
    from agent.system.tls import client_context

    context = client_context(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert not context.hostname_checks_common_name
