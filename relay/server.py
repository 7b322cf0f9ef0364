"""The relay as a server: routes, the listeners' handshake, logs, a clean end."""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from relay.authorization import Authorization, Hosts, Right
from relay.broker import Exchange
from relay.enrolment import Enrolment
from relay.errors import Refused
from relay.listener import (
    POLICY_VIOLATION,
    Channel,
    Listener,
    ListenerGone,
    meet,
    refuse,
)
from relay.sender import Sender, token_of
from relay.store import Store
from wire.hybrid_connections import MAX_BODY, MAX_INLINE_HEADERS, BadMessage
from wire.printable import printable

LOG = logging.getLogger("relay.server")
HTTP = logging.getLogger("relay.http")
ACCESS = logging.getLogger("relay.access")
_LAST_SEEN_S = 60.0
_FINISH_S = 5.0
_LOGGED_PATH = 256
_MAX_FRAME = MAX_BODY + MAX_INLINE_HEADERS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Place:
    """Where a relay is to be found: its own name (for Via), all names, its address.

    Tokens may be made out to any of `hosts`; port 0 is any free one.
    """

    name: str
    hosts: Hosts
    address: str
    port: int


class Relay:
    """The routes, around one store, which stays open as long as the relay serves.

    A listener may take `answer_seconds`; the protocol says 60. Listeners are tried each
    `ping_seconds`; one is dropped when half that time passes without a reply, so that
    no request goes to a dead one.
    """

    def __init__(
        self,
        place: Place,
        store: Store,
        *,
        answer_seconds: float = 60.0,
        ping_seconds: float = 15.0,
    ) -> None:
        self._store = store
        self._ping_seconds = ping_seconds
        self._exchange = Exchange(answer_seconds)
        self._authorization = Authorization(store, place.hosts)
        self._enrolment = Enrolment(store, self._authorization, self._exchange)
        self._sender = Sender(place.name, self._authorization, self._exchange)

    def application(self) -> web.Application:
        """Build the web application."""
        app = web.Application(middlewares=[_answer_refusals], client_max_size=MAX_BODY)
        app.router.add_get("/$hc/{path:.+}", self._dialled)
        app.router.add_get("/$enrol/{lookup:[0-9a-f]{64}}", self._enrolment.look_up)
        app.router.add_post("/$enrol", self._enrolment.enrol)
        app.router.add_delete("/$enrol/{agent}", self._enrolment.undo)
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
        channel = await self._accepted(request)
        # the listener can reach us by the name it just used
        origin = f"wss://{request.host}"
        listener = Listener(channel, access.agent.id, origin)
        self._exchange.join(listener)
        try:
            self._store.saw_agents([access.agent.id], int(time.time()))
            LOG.info("%s listens", access.agent.id)
            await self._serve(listener, path, token)
        except BadMessage as error:
            LOG.warning("%s broke the protocol: %s", access.agent.id, error)
            await refuse(channel, error)
        finally:
            self._exchange.leave(listener)
            LOG.info("%s left", access.agent.id)
            await channel.close()
        return channel.socket

    async def _serve(self, listener: Listener, path: str, token: str | None) -> None:
        """Take answers until the socket is closed or its token is past its time."""
        try:
            # again: it may have been withdrawn during the handshake, and now who
            # withdraws it finds it
            access = self._authorization.check(token, path, Right.LISTEN)
            async with asyncio.timeout_at(_loop_time(access.expires)) as limit:
                while (renewal := await listener.next()) is not None:
                    access = self._authorization.check(
                        renewal.token, path, Right.LISTEN
                    )
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
        await socket.prepare(request)
        return Channel(socket)

    async def _note_who_is_here(self, _: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._note_forever())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _note_forever(self) -> None:
        while True:
            await asyncio.sleep(_LAST_SEEN_S)
            self._store.saw_agents(self._exchange.connections(), int(time.time()))

    async def end(self) -> None:
        """Let what is under way finish for a moment, then tell listeners to go."""
        await self._exchange.finish(_FINISH_S)
        await self._exchange.close()


async def start(relay: Relay, place: Place, tls: ssl.SSLContext) -> web.AppRunner:
    """Open the port; `stop` ends the relay cleanly."""
    HTTP.addFilter(_without_malformed_lines)
    runner = web.AppRunner(
        relay.application(),
        access_log=ACCESS,
        access_log_class=_AccessLog,
        logger=HTTP,
        keepalive_timeout=300.0,
        # what is under way was given its time by `stop`
        shutdown_timeout=1.0,
    )
    await runner.setup()
    await web.TCPSite(runner, place.address, place.port, ssl_context=tls).start()
    return runner


async def stop(relay: Relay, runner: web.AppRunner) -> None:
    """Close the port, let answers under way arrive, send the listeners away."""
    for site in list(runner.sites):
        await site.stop()
    # before cleanup: from then on aiohttp drops what arrives on open connections
    await relay.end()
    await runner.cleanup()


def tls_context(certificate: str, key: str) -> ssl.SSLContext:
    """Make the server's TLS context: version 1.2 or later."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _without_malformed_lines(record: logging.LogRecord) -> bool:
    """Keep the text of malformed requests out of the log: tokens may be in it."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        record.exc_info = None
    return True


class _AccessLog(AbstractAccessLogger):
    """One line per request, without the query: tokens may be in it."""

    def log(
        self, request: web.BaseRequest, response: web.StreamResponse, time: float
    ) -> None:
        self.logger.info(
            "%s %s %s %d %.1f ms",
            request.remote,
            request.method,
            printable(request.path, _LOGGED_PATH),
            response.status,
            time * 1000,
        )


@web.middleware
async def _answer_refusals(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refusal:
        return web.json_response(refusal.body, status=refusal.status)
    except web.HTTPException as error:
        return web.json_response(_in_words(error).body, status=error.status)
    except Exception:  # the request's boundary: whatever it was, the relay goes on
        LOG.exception("a request failed in a way the relay was not built for")
        body = {"error": "the relay failed", "remedy": "Ask again; see its log."}
        return web.json_response(body, status=500)


def _in_words(error: web.HTTPException) -> Refused:
    """Say what the HTTP library refused as the relay says its own refusals."""
    match error:
        case web.HTTPRequestEntityTooLarge():
            what = f"the body is over {MAX_BODY} bytes"
            return Refused(error.status, what, "Send less.")
        case web.HTTPMethodNotAllowed():
            what = f"this address does not take {error.method}"
            remedy = f"Send {' or '.join(sorted(error.allowed_methods))}."
            return Refused(error.status, what, remedy)
        case web.HTTPNotFound():
            places = (
                "An agent is at /NAME, its link at /$hc/NAME, enrolment at /$enrol."
            )
            return Refused(error.status, "nothing is at this address", places)
    reason = error.reason.lower()
    return Refused(error.status, reason, "Mend the request.")


def _loop_time(expires: int) -> float:
    return asyncio.get_running_loop().time() + expires - time.time()
