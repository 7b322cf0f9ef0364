"""The link against a relay, through sockets with TLS."""

import asyncio
import base64
import contextlib
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.relay_client.listener import Phase
from relay import server
from tests.fixtures.loop_clock import LoopClock
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from wire.hybrid_connections import RelayRequest, RelayResponse

BIG = bytes(range(256)) * 1024  # 256 KB


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    async with relay_stage(tmp_path) as running:
        yield running


@pytest.fixture
async def agent(stage: RelayStage) -> Enrolled:
    return await stage.enrol("agent1")


async def post(stage: RelayStage, path: str, body: bytes) -> tuple[int, bytes]:
    name = path.partition("/")[0].partition("?")[0]
    async with (
        stage.client() as client,
        client.post(f"/{path}", data=body, headers=stage.send_headers(name)) as answer,
    ):
        return answer.status, await answer.read()


async def test_a_request_is_answered(stage: RelayStage, agent: Enrolled) -> None:
    async with listening_agent(stage, agent, echo):
        assert await post(stage, "agent1/resets", b"hello") == (200, b"hello")


async def test_the_handler_sees_method_target_headers_and_body(
    stage: RelayStage, agent: Enrolled
) -> None:
    seen: list[RelayRequest] = []

    async def handle(request: RelayRequest) -> RelayResponse:
        seen.append(request)
        return RelayResponse(204, {}, b"")

    async with listening_agent(stage, agent, handle), stage.client() as client:
        headers = stage.send_headers("agent1") | {"X-Mine": "yes"}
        async with client.put("/agent1/a/b?c=d%20e", data=b"x", headers=headers) as got:
            assert got.status == 204
    assert (seen[0].method, seen[0].target, seen[0].body) == (
        "PUT",
        "/agent1/a/b?c=d%20e",
        b"x",
    )
    assert seen[0].headers["X-Mine"] == "yes"


async def test_a_request_without_body_is_answered(
    stage: RelayStage, agent: Enrolled
) -> None:
    headers = stage.send_headers("agent1")
    async with (
        listening_agent(stage, agent, echo),
        stage.client() as client,
        client.get("/agent1/x", headers=headers) as got,
    ):
        assert got.status == 200
        assert got.headers["X-Target"] == "/agent1/x"
        assert await got.read() == b""


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 1024 * 1024])
async def test_bodies_up_to_a_megabyte_go_both_ways(
    stage: RelayStage, agent: Enrolled, size: int
) -> None:
    body = (BIG * 4)[:size]
    async with listening_agent(stage, agent, echo):
        assert await post(stage, "agent1", body) == (200, body)


async def test_a_big_answer_to_a_small_question(
    stage: RelayStage, agent: Enrolled
) -> None:
    async def handle(_: RelayRequest) -> RelayResponse:
        return RelayResponse(200, {}, BIG)

    async with listening_agent(stage, agent, handle):
        assert await post(stage, "agent1", b"?") == (200, BIG)


async def test_concurrent_requests_do_not_interleave(
    stage: RelayStage, agent: Enrolled
) -> None:
    """Small and big bodies, answered in another order than asked."""

    async def handle(request: RelayRequest) -> RelayResponse:
        await asyncio.sleep(0.05 if len(request.body) % 2 else 0)
        return RelayResponse(200, {}, request.body)

    # the last ones are too big for the control channel
    bodies = [bytes([number]) * (number * 4999 + 1) for number in range(20)]
    async with listening_agent(stage, agent, handle):
        answers = await asyncio.gather(
            *(post(stage, "agent1", body) for body in bodies)
        )
    assert answers == [(200, body) for body in bodies]


async def test_a_handler_that_fails_answers_internal_and_shows_nothing(
    stage: RelayStage, agent: Enrolled, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(_: RelayRequest) -> RelayResponse:
        raise ValueError("Canary-7f3a-Passw0rd!")

    async with listening_agent(stage, agent, handle):
        status, body = await post(stage, "agent1", b"x")
    assert (status, body) == (500, b'{"code":"internal"}')
    assert "Canary-7f3a-Passw0rd!" not in caplog.text


async def test_it_reconnects_after_the_relay_restarts(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with listening_agent(stage, agent, echo) as listening:
        await stage.stop()
        await until(lambda: not listening.connected, "noticed")
        await stage.start()
        await until(lambda: listening.connected, "connected again")
        assert await post(stage, "agent1", b"again") == (200, b"again")
    assert listening.reasons[0] == "the relay is going away (1001)"
    waiting = [state for state in listening.states if state.phase is Phase.WAITING]
    assert all(state.retry_at is not None for state in waiting)


async def test_it_says_why_it_is_refused(stage: RelayStage, agent: Enrolled) -> None:
    stranger = Enrolled("nobody", agent.code)
    async with listening_agent(stage, stranger, echo, connected=False) as listening:
        await until(lambda: listening.reasons)
    assert "does not know this connection (404)" in listening.reasons[0]


async def test_it_says_that_its_key_is_wrong(
    stage: RelayStage, agent: Enrolled
) -> None:
    wrong = Enrolled("agent1", agent.code)
    async with listening_agent(stage, wrong, echo, connected=False) as listening:
        await until(lambda: listening.reasons)
    assert "does not accept the listen key (401)" in listening.reasons[0]


async def test_it_does_not_talk_to_a_relay_it_cannot_trust(
    stage: RelayStage, agent: Enrolled
) -> None:
    async with listening_agent(
        stage, agent, echo, connected=False, tls=ssl.create_default_context()
    ) as listening:
        await until(lambda: listening.reasons)
    assert "certificate is not trusted" in listening.reasons[0]


async def test_it_says_that_nothing_listens(stage: RelayStage, agent: Enrolled) -> None:
    await stage.stop()
    async with listening_agent(stage, agent, echo, connected=False) as listening:
        await until(lambda: listening.reasons)
    assert listening.reasons[0].startswith("no connection: ")


async def test_the_token_is_renewed_before_it_expires(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the clock of both ends, of which hours pass here."""
    ends: list[int] = []
    loop_time = server._loop_time

    def note(expires: int) -> float:
        ends.append(expires)
        return loop_time(expires)

    monkeypatch.setattr(server, "_loop_time", note)
    clock = LoopClock()
    # no ping falls due: who halts for hours is given up
    async with relay_stage(tmp_path, ping_seconds=1e6) as stage:
        agent = await stage.enrol("agent1")
        async with listening_agent(stage, agent, echo, ping_seconds=1e6) as it:
            for renewals in range(3):
                await until(lambda: it.reasons or len(ends) > renewals, "taken")  # noqa: B023
                clock.advance(3600 * 0.75 + 1)
            await until(lambda: it.reasons or len(ends) == 4, "renewed")
            assert await post(stage, "agent1", b"x") == (200, b"x")
        assert it.reasons == []


async def test_drain_finishes_what_is_under_way_and_takes_no_more(
    stage: RelayStage, agent: Enrolled
) -> None:
    entered, let_go = asyncio.Event(), asyncio.Event()

    async def handle(_: RelayRequest) -> RelayResponse:
        entered.set()
        await let_go.wait()
        return RelayResponse(200, {}, b"done")

    async with listening_agent(stage, agent, handle) as listening:
        first = asyncio.create_task(post(stage, "agent1", b"1"))
        await entered.wait()
        draining = asyncio.create_task(listening.listener.drain(10))
        await asyncio.sleep(0)
        assert (await post(stage, "agent1", b"2"))[0] == 503
        let_go.set()
        await draining
        assert await first == (200, b"done")
        await asyncio.wait_for(listening.task, 20)
        assert (await post(stage, "agent1", b"3"))[0] == 502
    assert listening.states[-1].phase is Phase.CLOSED


@pytest.mark.parametrize(
    "times",
    # the many are for a race that is seldom met
    [5, pytest.param(25, marks=pytest.mark.slow)],
)
async def test_nobody_notices_that_another_takes_over(
    stage: RelayStage, agent: Enrolled, times: int
) -> None:
    """Requests that come while the channel closes are the successor's."""
    over = asyncio.Event()
    seen: list[tuple[int, bytes]] = []

    async def ask_on() -> None:
        while not over.is_set():
            seen.append(await post(stage, "agent1", b"x"))

    async with contextlib.AsyncExitStack() as links:
        serving = await links.enter_async_context(listening_agent(stage, agent, echo))
        asking = [asyncio.create_task(ask_on()) for _ in range(4)]
        for _ in range(times):
            successor = await links.enter_async_context(
                listening_agent(stage, agent, echo)
            )
            await serving.listener.drain(10, idle_within=5)
            await asyncio.wait_for(serving.task, 20)
            serving, answered = successor, len(seen)
            await until(lambda: len(seen) > answered, "asked meanwhile")  # noqa: B023
        over.set()
        await asyncio.gather(*asking)
    assert set(seen) == {(200, b"x")}


async def test_drain_does_not_wait_longer_than_it_may(
    stage: RelayStage, agent: Enrolled
) -> None:
    """What was begun and cut off is nobody else's to begin once more."""
    entered = asyncio.Event()

    async def handle(_: RelayRequest) -> RelayResponse:
        entered.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with listening_agent(stage, agent, handle) as listening:
        posting = asyncio.create_task(post(stage, "agent1", b"1"))
        await entered.wait()
        await asyncio.wait_for(listening.listener.drain(0.1), 20)
        status, body = await posting
    assert status == 502
    assert b"went away" in body


async def test_drain_does_not_wait_for_a_relay_that_does_not_answer(
    stage: RelayStage, agent: Enrolled
) -> None:
    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        accepted.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.set()

    accepted, ended = asyncio.Event(), asyncio.Event()
    silent = await asyncio.start_server(accept, "127.0.0.1", 0)
    url = f"https://localhost:{silent.sockets[0].getsockname()[1]}"
    async with (
        silent,
        listening_agent(stage, agent, echo, url=url, connected=False) as listening,
    ):
        await accepted.wait()
        await listening.listener.drain(10)
        await asyncio.wait_for(asyncio.shield(listening.task), 20)
        await asyncio.wait_for(ended.wait(), 20)
    assert listening.states[-1].phase is Phase.CLOSED


class Wire:
    """A TCP proxy that can fall silent, as a dead firewall state does."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.silent = False
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def end(self) -> None:
        """Cut what is left, as a dead connection would last for long."""
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)  # the readers see it

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, back]
        try:
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        finally:
            writer.close()
            back.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
            writer.close()


async def test_both_ends_find_a_half_open_connection(tmp_path: Path) -> None:
    """The link dials again; the relay sends no request to the dead one."""
    async with relay_stage(tmp_path, ping_seconds=0.4) as stage:
        agent = await stage.enrol("agent1")
        wire = Wire(stage.port)
        server = await wire.serve()
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        try:
            async with listening_agent(
                stage, agent, echo, url=url, ping_seconds=0.4
            ) as listening:
                wire.silent = True
                await until(lambda: listening.reasons, "the agent noticed")
                wire.silent = False
                await until(lambda: listening.connected, "connected again")
                await until(lambda: stage.listeners(agent) == 1, "the relay noticed")
                async with asyncio.timeout(20):  # one to the dead is not answered
                    # such short pings drop a living channel too, in a moment's halt
                    while await post(stage, "agent1", b"x") != (200, b"x"):
                        await until(lambda: listening.connected, "connected once more")
            assert "no longer answers" in listening.reasons[0]
        finally:
            server.close()
            await wire.end()


class Proxy:
    """A CONNECT proxy that asks for credentials."""

    def __init__(self, credentials: str) -> None:
        self._expected = base64.b64encode(credentials.encode()).decode()
        self.connected: list[str] = []

    async def serve(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", 0)

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        if method != "CONNECT" or f"Basic {self._expected}" not in head:
            writer.write(b"HTTP/1.1 407 Denied\r\nContent-Length: 0\r\n\r\n")
            writer.close()
            return
        self.connected.append(target)
        port = int(target.rpartition(":")[2])
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


PASSWORD = "Canary-7f3a-Passw0rd!-ü:@"


@contextlib.asynccontextmanager
async def a_proxy() -> AsyncIterator[tuple[Proxy, int]]:
    proxy = Proxy(f"CORP\\me:{PASSWORD}")
    server = await proxy.serve()
    try:
        yield proxy, server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_it_goes_through_a_proxy(
    stage: RelayStage, agent: Enrolled, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_proxy() as (proxy, port):
        named = f"http://CORP%5Cme@127.0.0.1:{port}"
        async with listening_agent(
            stage, agent, echo, proxy=named, proxy_password=PASSWORD
        ):
            assert await post(stage, "agent1", BIG) == (200, BIG)
        # the control channel, and the rendezvous of the big body
        assert proxy.connected == [f"localhost:{stage.port}"] * 2
    for leak in (PASSWORD, base64.b64encode(f"CORP\\me:{PASSWORD}".encode()).decode()):
        assert leak not in caplog.text


@pytest.mark.parametrize(
    ("user", "password", "says", "waits"),
    [
        ("", "", "asks for credentials (407); put its user name into relay.proxy", 0),
        (
            "me@",
            "",
            "asks for credentials (407); put its user name into relay.proxy",
            0,
        ),
        (
            "me@",
            "Canary-wrong",
            "does not accept the user name or password (407)",
            290,
        ),
        (
            "other@",
            PASSWORD,
            "does not accept the user name or password (407)",
            290,
        ),
    ],
)
async def test_it_says_what_the_proxy_asks_for(
    stage: RelayStage,
    agent: Enrolled,
    *,
    user: str,
    password: str,
    says: str,
    waits: float,
) -> None:
    """A wrong password, tried every few seconds, would lock the user there."""
    began = time.time()
    async with a_proxy() as (proxy, port):
        named = f"http://{user}127.0.0.1:{port}"
        async with listening_agent(
            *(stage, agent, echo),
            proxy=named,
            proxy_password=password,
            connected=False,
        ) as listening:
            await until(lambda: listening.reasons)
        assert says in listening.reasons[0]
        assert "proxy_password" in listening.reasons[0]
        assert "Canary" not in listening.reasons[0]
        waiting = next(s for s in listening.states if s.phase is Phase.WAITING)
        assert waiting.retry_at is not None
        assert began + waits <= waiting.retry_at < time.time() + waits + 20
        assert proxy.connected == []


async def test_no_token_and_no_address_is_logged(
    stage: RelayStage, agent: Enrolled, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening_agent(stage, agent, echo), stage.client() as client:
        token = stage.token("agent1")
        async with client.post(
            "/agent1", params={"sb-hc-token": token}, data=BIG
        ) as got:
            assert got.status == 200
    assert "/agent1 200" in caplog.text
    for leak in ("sig=", "sig%3D", "SharedAccess", "sb-hc-id", agent.listen_key):
        assert leak not in caplog.text


async def test_small_packets_are_not_held_back(
    stage: RelayStage, agent: Enrolled
) -> None:
    """asyncio sets TCP_NODELAY; a request must not wait for Nagle's timer."""
    set_on: list[int] = []
    real = socket.socket.setsockopt

    def note(self: socket.socket, level: int, name: int, value: int) -> None:
        if (level, name) == (socket.IPPROTO_TCP, socket.TCP_NODELAY):
            set_on.append(value)
        real(self, level, name, value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "setsockopt", note, raising=False)
        async with listening_agent(stage, agent, echo):
            pass
    assert set_on.count(1) >= 2  # both ends
