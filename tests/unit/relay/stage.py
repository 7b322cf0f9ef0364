"""A relay on a loopback port with its own CA, a portal and agents: for tests."""

import asyncio
import base64
import contextlib
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from agent.config.settings import Relay as RelaySettings
from agent.relay_client.dialer import Dialer
from agent.relay_client.endpoint import RelayEndpoint
from agent.relay_client.listener import Listener, ListenerState, Phase
from lab.authority import issue, make_authority
from relay.authorization import Hosts
from relay.server import Place, Relay, start, stop, tls_context
from relay.store import Portal, Store
from wire import sas
from wire.enrolment_code import EnrolmentCode
from wire.hybrid_connections import RelayRequest, RelayResponse
from wire.keys import PrivateKeys, fingerprint_digest
from wire.secret import Secret

PORTAL = "acme"
DEADLINE_S = 30.0

Handle = Callable[[RelayRequest], Awaitable[RelayResponse]]


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait for a condition, or fail."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"did not come about: {what}"
        await asyncio.sleep(0.01)


def shared_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass
class Enrolled:
    """An agent as it knows itself after its enrolment."""

    name: str
    code: EnrolmentCode
    keys: PrivateKeys = field(default_factory=PrivateKeys.generate)
    listen_key: str = field(default_factory=shared_key)
    test_key: str = field(default_factory=shared_key)

    @property
    def application(self) -> dict[str, Any]:
        secret = base64.urlsafe_b64encode(self.code.secret).decode().rstrip("=")
        return {
            "secret": secret,
            "agent": self.name,
            "keys": self.keys.public.jwks(),
            "listen_key": self.listen_key,
            "test_key": self.test_key,
        }


class Stage:
    """The relay under test and everything around it."""

    def __init__(self, folder: Path) -> None:
        authority = make_authority(folder / "ca")
        self.folder = folder
        self.ca = authority.certificate
        self.leaf = folder / "leaf"
        issue(authority, self.leaf, ["localhost", "relay.corp.test"], ["127.0.0.1"])
        self.client_tls = ssl.create_default_context(cafile=str(self.ca))
        self.server_tls = tls_context(f"{self.leaf}.pem", f"{self.leaf}.key")
        self.store = Store(folder / "data")
        self.portal_keys = PrivateKeys.generate()
        self.portal = self.add_portal(PORTAL, self.portal_keys)
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(
        self, answer_seconds: float = 60.0, ping_seconds: float = 15.0
    ) -> None:
        names = frozenset({"relay.corp.test", "localhost", "127.0.0.1"})
        place = Place("relay.corp.test", Hosts(names), "127.0.0.1", self.port)
        self._relay = Relay(
            place, self.store, answer_seconds=answer_seconds, ping_seconds=ping_seconds
        )
        self._runner = await start(self._relay, place, self.server_tls)
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await stop(self._relay, runner)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def listeners(self, agent: "Enrolled") -> int:
        """Count the control channels of an agent."""
        return len(self._relay._exchange._listeners.get(agent.name, []))

    async def close_channels(self) -> None:
        """Send the listeners away, as the relay does when it ends."""
        await self._relay._exchange.close()

    def add_portal(self, name: str, keys: PrivateKeys) -> Portal:
        portal = Portal(
            name=name,
            issuer=f"https://{name}.test",
            keys=keys.public.jwks(),
            send_key_name=f"portal-{name}",
            send_key=shared_key(),
        )
        self.store.add_portal(portal)
        return portal

    def new_code(self, *, hours: float = 1.0, portal: str = PORTAL) -> EnrolmentCode:
        registered = self.store.portal(portal)
        assert registered is not None
        code = EnrolmentCode.new(fingerprint_digest(registered.keys))
        self.store.add_code(code.lookup, portal, int(time.time() + hours * 3600))
        return code

    def client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self.url, connector=aiohttp.TCPConnector(ssl=self.client_tls)
        )

    async def enrol(self, name: str, portal: str = PORTAL) -> Enrolled:
        agent = Enrolled(name, self.new_code(portal=portal))
        async with (
            self.client() as client,
            client.post("/$enrol", json=agent.application) as answer,
        ):
            assert answer.status == 201, await answer.text()
        return agent

    def token(
        self,
        path: str,
        *,
        key: str | None = None,
        key_name: str | None = None,
        seconds: float = 300,
    ) -> str:
        """Make a token: of the portal, unless told otherwise."""
        return sas.sign(
            key or self.portal.send_key,
            key_name or self.portal.send_key_name,
            f"http://localhost/{path}",
            int(time.time() + seconds),
        )

    def send_headers(self, path: str) -> dict[str, str]:
        return {"ServiceBusAuthorization": self.token(path)}

    def listen_headers(self, agent: Enrolled, seconds: float = 300) -> dict[str, str]:
        token = self.token(
            agent.name, key=agent.listen_key, key_name="listen", seconds=seconds
        )
        return {"ServiceBusAuthorization": token}

    @contextlib.asynccontextmanager
    async def listening(
        self, agent: Enrolled, *, seconds: float = 300
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Listen by hand, to say what a well-behaved link never would."""
        async with (
            self.client() as client,
            client.ws_connect(
                f"/$hc/{agent.name}?sb-hc-action=listen",
                headers=self.listen_headers(agent, seconds),
            ) as socket,
        ):
            yield socket


@contextlib.asynccontextmanager
async def a_stage(
    folder: Path, answer_seconds: float = 60.0, ping_seconds: float = 15.0
) -> AsyncIterator[Stage]:
    """Set up a relay and take it down."""
    stage = Stage(folder)
    try:
        await stage.start(answer_seconds, ping_seconds)
        yield stage
    finally:
        await stage.stop()
        stage.store.close()


@dataclass
class LinkedAgent:
    """A running link, what it said, and the way to stop it."""

    link: Listener
    states: list[ListenerState]
    task: asyncio.Task[None]

    @property
    def connected(self) -> bool:
        return bool(self.states) and self.states[-1].phase is Phase.CONNECTED

    @property
    def reasons(self) -> list[str]:
        return [state.reason for state in self.states if state.reason]


@contextlib.asynccontextmanager
async def a_link(
    stage: Stage,
    agent: Enrolled,
    handle: Handle,
    *,
    url: str | None = None,
    proxy: str | None = None,
    proxy_password: str = "",
    ping_seconds: float = 20.0,
    token_seconds: float = 3600.0,
    connected: bool = True,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[LinkedAgent]:
    """Run a link, by default until it is connected."""
    states: list[ListenerState] = []
    dialler = Dialer(
        url=url or stage.url,
        connection=agent.name,
        key_name="listen",
        key=Secret(agent.listen_key),
        ssl=tls or stage.client_tls,
        way=RelayEndpoint(
            RelaySettings.model_construct(url=url or stage.url, proxy=proxy),
            Secret(proxy_password) if proxy_password else None,
        ),
        ping_seconds=ping_seconds,
        token_seconds=token_seconds,
    )
    link = Listener(dialler, handle, states.append)
    linked = LinkedAgent(link, states, asyncio.create_task(link.run()))
    try:
        if connected:
            await until(lambda: linked.connected, "connected")
        yield linked
    finally:
        linked.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await linked.task


async def echo(request: RelayRequest) -> RelayResponse:
    """Answer with what was asked."""
    headers = {"Content-Type": "application/octet-stream", "X-Target": request.target}
    return RelayResponse(200, headers, request.body)
