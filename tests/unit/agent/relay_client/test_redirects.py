"""No request of the agent, the wizard or the reference client follows a redirect."""

import ast
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.config.settings import Relay
from agent.relay_client.clone_detection import CloneDetector, CloneQuery
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.errors import reason_for_failure
from agent.relay_client.listener import Listener, ListenerState
from agent.system.instance import Instance
from docs.portal_client import Client, Portal, WireError
from docs.portal_keys import new_portal
from tests.fixtures.redirects import STATUSES, Redirects, redirects
from tests.fixtures.relay_stage import echo, until
from wire.http_session import AnswerTooLong, http_session, read_short
from wire.keys import PrivateKeys
from wire.secret import Secret
from wizard.enrolment import relay_client
from wizard.enrolment.relay_client import RelayFailed, Sender

REPOSITORY = Path(__file__).parents[4]


@pytest.fixture(params=STATUSES)
async def stage(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Redirects]:
    async with redirects(tmp_path, request.param) as running:
        yield running


def endpoint_of(stage: Redirects) -> RelayEndpoint:
    return RelayEndpoint(Relay(url=stage.url, ca=str(stage.ca)))


def dialer_of(stage: Redirects) -> Dialer:
    key, endpoint = Secret("aGVsbG8="), endpoint_of(stage)
    return Dialer(stage.url, "srv1", "listen", key, stage.tls, endpoint)


async def test_the_control_channel_goes_nowhere_else(stage: Redirects) -> None:
    states: list[ListenerState] = []
    listener = Listener(dialer_of(stage), echo, states.append)
    running = asyncio.create_task(listener.run())
    await until(lambda: any(state.reason for state in states), "a reason")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    reason = next(state.reason for state in states if state.reason)
    assert "sends elsewhere" in reason
    assert "redirects are not followed" in reason
    assert (stage.asked[0], stage.elsewhere) == ("GET /$hc/srv1", [])


async def test_a_rendezvous_goes_nowhere_else(stage: Redirects) -> None:
    address = f"{stage.url.replace('https', 'wss')}/$hc/srv1?sb-hc-action=accept"
    async with http_session() as session:
        with pytest.raises(aiohttp.ClientResponseError) as caught:
            await dialer_of(stage).rendezvous(session, address)
    assert "sends elsewhere" in str(reason_for_failure(caught.value))
    assert (stage.asked, stage.elsewhere) == (["GET /$hc/srv1"], [])


async def test_a_look_for_clones_goes_nowhere_else(stage: Redirects) -> None:
    query = CloneQuery(
        endpoint_of(stage),
        "srv1",
        "test",
        Secret("aGVsbG8="),
        PrivateKeys.generate().public,
    )
    looked = await CloneDetector(query, Instance("own", 1), lambda _: None).look()
    assert looked == frozenset()
    assert (stage.asked, stage.elsewhere) == (["GET /srv1/ready"], [])


WIZARD: dict[str, Callable[[RelayEndpoint], object]] = {
    "POST /$enrol": lambda where: relay_client.ask(where, "POST", "/$enrol", b"{}", {}),
    "GET /srv1/keys": lambda where: Sender(
        where, "srv1", Secret("aGVsbG8="), "test"
    ).send("GET", "keys"),
}


@pytest.mark.parametrize("asked", WIZARD)
async def test_the_wizard_goes_nowhere_else(stage: Redirects, asked: str) -> None:
    with pytest.raises(RelayFailed, match="sends elsewhere"):
        await asyncio.to_thread(WIZARD[asked], endpoint_of(stage))
    assert (stage.asked, stage.elsewhere) == ([asked], [])


async def test_the_reference_client_goes_nowhere_else(
    stage: Redirects, tmp_path: Path
) -> None:
    path = tmp_path / "portal.json"
    new_portal(path, "https://portal.corp.test", stage.url, str(stage.ca))
    client = Client(replace(Portal.load(path), send_key="aGVsbG8="))
    with pytest.raises(WireError, match="HTTP 30"):
        await asyncio.to_thread(client.agent, "srv1", "AB12")
    client.close()
    assert (stage.asked, stage.elsewhere) == (["GET /srv1/keys"], [])


def test_sessions_are_opened_in_one_place() -> None:
    """A session by another way would follow: aiohttp does, if not told otherwise."""
    called: list[str] = []
    for folder in ("agent", "wizard", "wire"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if "ClientSession" not in text:
                continue
            calls = [
                node.func
                for node in ast.walk(ast.parse(text))
                if isinstance(node, ast.Call)
            ]
            named = [call for call in calls if isinstance(call, ast.Attribute)]
            if any(call.attr == "ClientSession" for call in named):
                called.append(str(path.relative_to(REPOSITORY)))
    assert called == ["wire/http_session.py"]


@contextlib.asynccontextmanager
async def answering(body: bytes) -> AsyncIterator[str]:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=body)

    app = web.Application()
    app.router.add_get("/", handle)
    server = TestServer(app)
    await server.start_server()
    try:
        yield f"http://127.0.0.1:{server.port}/"
    finally:
        await server.close()


async def _read(body: bytes, most: int) -> bytes:
    async with (
        answering(body) as url,
        http_session() as session,
        session.get(url) as answer,
    ):
        return await read_short(answer, most)


@pytest.mark.parametrize("size", [0, 999, 1000])
async def test_a_body_is_read_whole(size: int) -> None:
    assert await _read(b"x" * size, 1000) == b"x" * size


@pytest.mark.parametrize("size", [1001, 5_000_000])
async def test_a_body_that_is_too_long_is_not_read_on(size: int) -> None:
    with pytest.raises(AnswerTooLong) as caught:
        await _read(b"x" * size, 1000)
    assert "too long" in str(reason_for_failure(caught.value))


def test_an_end_without_an_answer_is_told_in_words() -> None:
    told = str(reason_for_failure(aiohttp.ServerDisconnectedError()))
    assert "ended the connection without an answer" in told
    assert "Error" not in told
