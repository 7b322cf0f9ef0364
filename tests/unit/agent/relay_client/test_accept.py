"""Who wants a WebSocket to the agent is turned away at once, as Azure's clients do."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent.config.settings import Relay
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.listener import Listener, ListenerState
from lab.authority import issue, make_authority
from tests.fixtures.relay_stage import echo, until
from wire import hybrid_connections
from wire.hybrid_connections import Accept, BadMessage
from wire.secret import Secret


class AzureRelay:
    """A relay that has a WebSocket sender wait, and hears what becomes of it."""

    def __init__(self, *, host: str = "localhost") -> None:
        self.port = 0
        self.refusals: list[dict[str, str]] = []
        self.channels = 0
        self._host = host

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.query["sb-hc-action"] == "accept":
            self.refusals.append(dict(request.query))
            return web.Response(status=410)
        self.channels += 1
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        query = "sb-hc-action=accept&sb-hc-id=a%2Fb"
        address = f"wss://{self._host}:{self.port}/$hc/agent1?{query}"
        await socket.send_json({"accept": {"address": address, "id": "a/b"}})
        async for _ in socket:
            pass
        return socket


@contextlib.asynccontextmanager
async def linked(relay: AzureRelay, folder: Path) -> AsyncIterator[list[ListenerState]]:
    authority = make_authority(folder / "ca")
    issue(authority, folder / "leaf", ["localhost"], ["127.0.0.1"])
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(folder / "leaf.pem", folder / "leaf.key")
    app = web.Application()
    app.router.add_get("/$hc/{path:.+}", relay.answer)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=server_tls)
    assert server.port is not None
    relay.port = server.port
    url = f"https://localhost:{relay.port}"
    tls = ssl.create_default_context(cafile=str(authority.certificate))
    endpoint = RelayEndpoint(Relay(url=url))
    dialer = Dialer(url, "agent1", "listen", Secret("a2V5"), tls, endpoint)
    states: list[ListenerState] = []
    running = asyncio.create_task(Listener(dialer, echo, states.append).run())
    try:
        yield states
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await server.close()


async def test_a_web_socket_is_refused_and_the_channel_goes_on(tmp_path: Path) -> None:
    relay = AzureRelay()
    async with linked(relay, tmp_path) as states:
        await until(lambda: relay.refusals, "a refusal")
        assert [state.reason for state in states if state.reason] == []
    (refusal,) = relay.refusals
    assert refusal == {
        "sb-hc-action": "accept",
        "sb-hc-id": "a/b",
        "sb-hc-statusCode": "501",
        "sb-hc-statusDescription": "HTTP requests only",
    }
    assert relay.channels == 1


async def test_nobody_is_refused_at_another_host(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    relay = AzureRelay(host="127.0.0.1")
    async with linked(relay, tmp_path):
        await until(lambda: "not at the relay" in caplog.text, "a warning")
    assert relay.refusals == []


@pytest.mark.parametrize("text", ['{"accept":7}', '{"accept":{"address":7}}'])
def test_an_accept_of_another_form_is_no_message(text: str) -> None:
    with pytest.raises(BadMessage):
        hybrid_connections.parse(text)


def test_an_address_is_never_shown() -> None:
    accept = hybrid_connections.parse('{"accept":{"address":"wss://ticket"}}')
    assert isinstance(accept, Accept)
    assert "ticket" not in repr(accept)
