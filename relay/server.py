"""The relay as a server: routes, the listeners' handshake, a clean end."""

import asyncio
import contextlib
import logging
import socket
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from aiohttp import web

from relay.admission import MOST_LISTENERS, Admission
from relay.authorization import Access, Authorization, Hosts, Right
from relay.broker import Exchange
from relay.code_order import CodeOrders
from relay.connections.connection import Kind
from relay.connections.limits import Limits, raise_descriptors
from relay.connections.registry import Registry
from relay.database.store import Store
from relay.enrolment import Enrolment
from relay.errors import Refused
from relay.http_server import HttpServer
from relay.listener import (
    POLICY_VIOLATION,
    Channel,
    Listener,
    ListenerGone,
    meet,
    refuse,
)
from relay.local_status import Metric
from relay.middleware import bounded, refusals, timed
from relay.sender import Sender, token_of
from wire.hybrid_connections import MAX_BODY, MAX_INLINE_HEADERS, BadMessage

LOG = logging.getLogger("relay.server")
# who was seen so shortly before a start is expected back, for so long
_RECENT_S = 180.0
_LOOK_S = 30.0
_MAX_FRAME = MAX_BODY + MAX_INLINE_HEADERS


@dataclass(frozen=True)
class Place:
    """What a relay is called: its own name (for Via), and all its names.

    Tokens may be made out to any of `hosts`.
    """

    name: str
    hosts: Hosts


class Relay:
    """The routes, around one store, which stays open as long as the relay serves.

    A listener may take `answer_seconds`; the protocol says 60. One that left in order
    is expected back for `return_seconds`, as all are at a start. Listeners are tried
    each `ping_seconds`; one is dropped when half that time passes without a reply, so
    that no request goes to a dead one. Each `look_seconds` it looks whose key still
    holds. At most `agent_listeners` may listen for one agent.
    """

    def __init__(
        self,
        place: Place,
        store: Store,
        *,
        answer_seconds: float = 60.0,
        return_seconds: float = 15.0,
        ping_seconds: float = 15.0,
        look_seconds: float = _LOOK_S,
        agent_listeners: int = MOST_LISTENERS,
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._answer_seconds = answer_seconds
        self._ping_seconds = ping_seconds
        self._look_seconds = look_seconds
        self._registry = Registry(limits or Limits.within(raise_descriptors()))
        self._http: HttpServer | None = None
        self._exchange = Exchange(answer_seconds, return_seconds)
        self._authorization = Authorization(store, place.hosts)
        self._admission = Admission(
            self._authorization, self._exchange, agent_listeners
        )
        self._enrolment = Enrolment(store, place.hosts, self._exchange)
        self._orders = CodeOrders(store, place.hosts)
        self._sender = Sender(
            place.name, self._authorization, self._exchange, self._registry
        )

    async def start(self, listening: list[socket.socket], tls: ssl.SSLContext) -> None:
        """Serve; the sockets are the relay's from then on."""
        now = time.time()
        recent = [
            agent.id
            for agent in self._store.agents()
            if (agent.last_seen or 0) > now - _RECENT_S
        ]
        self._exchange.expect(recent)
        self._http = await HttpServer.start(
            self.application(), self._registry, listening, tls
        )

    async def stop(self) -> None:
        """Close the port, let answers under way arrive, send the listeners away."""
        if self._http is not None:
            await self._http.drain()
            self._store.saw_agents(self._exchange.connections(), int(time.time()))
            # before the HTTP library ends: it drops what arrives from then on
            await self._exchange.close()
            await self._http.stop()

    def use(self, tls: ssl.SSLContext) -> None:
        """Show another certificate to whoever connects from now on."""
        if self._http is not None:
            self._http.use(tls)

    def problems(self) -> list[str]:
        """Say why the relay is not ready, in sentences."""
        problems = ["The relay is about to end."] if self._registry.is_draining else []
        try:
            self._store.agents()
        except sqlite3.Error:
            problems.append("The database can't be read.")
        return problems

    def metrics(self) -> Iterator[Metric]:
        """Count connections, listeners, responses and what was dropped."""
        registry = self._registry
        for kind in Kind:
            label = f'kind="{kind}"'
            yield "writeback_relay_connections", "gauge", label, registry.counts[kind]
        listening = len(self._exchange.connections())
        yield "writeback_relay_agents_listening", "gauge", "", listening
        for status, count in sorted(registry.responses.items()):
            label = f'status="{status}"'
            yield "writeback_relay_responses_total", "counter", label, count
        dropped = registry.drops.total()
        yield "writeback_relay_dropped_total", "counter", "", dropped

    def application(self) -> web.Application:
        """Build the web application."""
        app = web.Application(
            middlewares=[timed(self._registry), bounded, refusals],
            client_max_size=MAX_BODY,
        )
        app.router.add_get("/$hc/{path:.+}", self._dialled)
        app.router.add_get("/$enrol/{lookup:[0-9a-f]{64}}", self._enrolment.look_up)
        app.router.add_post("/$enrol", self._enrolment.enrol)
        app.router.add_post("/$enrol/codes", self._orders.take)
        app.router.add_delete("/$enrol/{agent}", self._enrolment.withdraw)
        app.router.add_put("/$enrol/{agent}", self._enrolment.rotate)
        app.router.add_route("*", "/{path:[^$].*}", self._sender.answer)
        app.cleanup_ctx.append(self._note_who_is_here)
        return app

    async def _dialled(self, request: web.Request) -> web.StreamResponse:
        action = request.query.get("sb-hc-action")
        if action == "listen":
            return await self._listen(request)
        if action == "request":
            return await self._rendezvous(request)
        raise Refused(
            400,
            "sb-hc-action must be listen or request",
            "This relay carries HTTP requests only; send them to https://host/path.",
        )

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        token = token_of(request)
        access = self._authorization.check(token, path, Right.LISTEN)
        await self._admission.admit(access, token)
        try:
            return await self._serve_admitted(request, access, token)
        finally:
            self._admission.leave(access)

    async def _serve_admitted(
        self, request: web.Request, access: Access, token: str | None
    ) -> web.StreamResponse:
        channel = await self._accepted(request)
        # the listener can reach us by the name it just used
        origin = f"wss://{request.host}"
        listener = Listener(channel, access.agent.id, origin, token)
        self._exchange.join(listener)
        try:
            self._store.saw_agents([access.agent.id], int(time.time()))
            LOG.info("%s listens", access.agent.id)
            await self._serve(listener, request.match_info["path"])
        except BadMessage as error:
            LOG.warning("%s broke the protocol: %s", access.agent.id, error)
            await refuse(channel, error)
        finally:
            self._exchange.leave(listener)
            LOG.info("%s left", access.agent.id)
            await channel.close()
        return channel.socket

    async def _serve(self, listener: Listener, path: str) -> None:
        """Take answers until the socket is closed or its token is past its time."""
        try:
            # again: it may have been withdrawn during the handshake, and now who
            # withdraws it finds it
            access = self._authorization.check(listener.token, path, Right.LISTEN)
            async with asyncio.timeout_at(_loop_time(access.expires)) as limit:
                while (renewal := await listener.next()) is not None:
                    access = self._authorization.check(
                        renewal.token, path, Right.LISTEN
                    )
                    listener.token = renewal.token
                    limit.reschedule(_loop_time(access.expires))
        except TimeoutError:
            await listener.channel.close(POLICY_VIOLATION, "the token expired")
        except Refused as refusal:
            await listener.channel.close(POLICY_VIOLATION, refusal.what)

    async def _rendezvous(self, request: web.Request) -> web.StreamResponse:
        pending = self._exchange.arrive(request.query.get("sb-hc-id", ""))
        if pending is None:
            raise Refused(
                403, "this address was used or has expired", "Wait for a new one."
            )
        try:
            channel = await self._accepted(request)
        except BaseException:
            pending.give_up(ListenerGone())
            raise
        try:
            # the sender waits no longer, so who came for it need not either
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._answer_seconds):
                    await meet(channel, pending)
            await channel.close()
        except ListenerGone:
            LOG.info("a rendezvous ended without an answer")
        except BadMessage as error:
            LOG.warning("a rendezvous broke the protocol: %s", error)
            await refuse(channel, error)
        return channel.socket

    async def _accepted(self, request: web.Request) -> Channel:
        # bodies are encrypted, so compressing them only costs time
        socket = web.WebSocketResponse(
            heartbeat=self._ping_seconds, compress=False, max_msg_size=_MAX_FRAME
        )
        if not socket.can_prepare(request):
            raise Refused(400, "this address is for WebSockets", "Dial it with wss.")
        connection = self._registry.of(request)
        connection.prove(Kind.LISTENER, owner="")
        await socket.prepare(request)
        return Channel(socket, connection.drop)

    async def _note_who_is_here(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._note_forever())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _note_forever(self) -> None:
        while True:
            await asyncio.sleep(self._look_seconds)
            await self._admission.look_again()
            self._store.saw_agents(self._exchange.connections(), int(time.time()))


def _loop_time(expires: int) -> float:
    return asyncio.get_running_loop().time() + expires - time.time()
