"""The senders' side: an HTTP request in, a listener's answer out.

An answer of the listener carries Via; one without Via is the relay's own.
"""

import asyncio
import logging
from urllib.parse import unquote_plus

from aiohttp import web
from multidict import CIMultiDict

from relay import frames
from relay.authorization import Authorization, Right
from relay.broker import Exchange, ListenerSilent, NoListener, TooMany
from relay.connections.connection import Connection, Kind
from relay.connections.held_bytes import Share
from relay.connections.registry import Registry
from relay.errors import Refused
from relay.frames import Request, Response
from relay.listener import ListenerGone

LOG = logging.getLogger("relay.sender")
TOKEN_HEADER = "ServiceBusAuthorization"  # noqa: S105 - a header's name
_TOKEN_QUERY = "sb-hc-token"  # noqa: S105 - a parameter's name
_OWN_QUERY = "sb-hc-"
_BODY_S = 60.0
_ASK_AGAIN = "Ask again: a repeated request id is answered with its first answer."


class Sender:
    """Answers senders' requests."""

    def __init__(
        self,
        name: str,
        authorization: Authorization,
        exchange: Exchange,
        registry: Registry,
    ) -> None:
        self._via = f"1.1 {name}"
        self._authorization = authorization
        self._exchange = exchange
        self._registry = registry

    async def answer(self, request: web.Request) -> web.Response:
        """Relay one request; Refused is whatever the relay itself has to say."""
        if request.method == "CONNECT":
            raise Refused(405, "CONNECT is not relayed", "Send a plain request.")
        access = self._authorization.check(
            token_of(request), request.rel_url.path, Right.SEND
        )
        connection = self._registry.of(request)
        connection.prove(Kind.SENDER, access.owner)
        with self._registry.held.share(access.owner) as share:
            relayed = await self._relayed(request, share)
            answer = await self._ask(access.agent.id, relayed)
            share.take(len(answer.body))
            response = self._response(answer)
            await self._write(request, response, connection)
        return response

    async def _write(
        self, request: web.Request, response: web.Response, connection: Connection
    ) -> None:
        """Send an answer: the share of who does not read it ends with its time."""
        if self._registry.is_draining:
            response.force_close()
        try:
            async with asyncio.timeout(self._registry.limits.read_s):
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            connection.drop("an answer that nobody reads")
        except ConnectionError:
            LOG.debug("a sender is gone")  # the HTTP library sees it too

    async def _relayed(self, request: web.Request, share: Share) -> Request:
        peer = request.transport.get_extra_info("peername") if request.transport else ()
        via = request.headers.get("Via")
        headers = tuple(
            (name, value)
            for name, value in request.headers.items()
            if name != "Via" and not (name == "Authorization" and _consumed(request))
        )
        path, _, query = request.raw_path.partition("?")
        return Request(
            method=request.method,
            target=path + _kept(query),
            headers=(
                *frames.relayed(headers),
                ("Via", f"{via}, {self._via}" if via else self._via),
            ),
            body=await _body(request, share),
            remote_host=str(peer[0]) if peer else "",
            remote_port=int(peer[1]) if peer else 0,
        )

    async def _ask(self, connection: str, request: Request) -> Response:
        try:
            return await self._exchange.ask(connection, request)
        except NoListener as error:
            what = "no agent listens on this connection"
            raise Refused(502, what, "Start the agent.") from error
        except TooMany as error:
            what = "as many requests wait for this agent as may"
            raise Refused(503, what, _ASK_AGAIN) from error
        except ListenerGone as error:
            what = "the agent went away before it answered"
            raise Refused(502, what, _ASK_AGAIN) from error
        except ListenerSilent as error:
            what = "the agent did not answer in time"
            raise Refused(504, what, _ASK_AGAIN) from error

    def _response(self, answer: Response) -> web.Response:
        headers = CIMultiDict(answer.head.headers)
        via = headers.get("Via")
        headers["Via"] = f"{via}, {self._via}" if via else self._via
        return web.Response(
            status=answer.head.status,
            reason=answer.head.reason,
            headers=headers,
            # 204 and 304 have no body (RFC 9110 section 15)
            body=None if answer.head.status in (204, 304) else answer.body,
        )


async def _body(request: web.Request, share: Share) -> bytes:
    """Read a sender's body, however slowly it comes, but not for ever."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            while chunk := await request.content.readany():
                share.take(len(chunk))
                body += chunk
                if len(body) > request.client_max_size:
                    raise web.HTTPRequestEntityTooLarge(request.client_max_size)
        return bytes(body)
    except TimeoutError as error:
        raise Refused(408, "the body did not come in time", _ASK_AGAIN) from error


def token_of(request: web.Request) -> str | None:
    """Find the token: in the query, in its own header, or else in Authorization."""
    return (
        request.query.get(_TOKEN_QUERY)
        or request.headers.get(TOKEN_HEADER)
        or request.headers.get("Authorization")
    )


def _consumed(request: web.Request) -> bool:
    """Say whether Authorization was meant for the relay; if not it is relayed."""
    return _TOKEN_QUERY not in request.query and TOKEN_HEADER not in request.headers


def _kept(query: str) -> str:
    """Leave the relay's own parameters out of a query; keep the rest byte for byte.

    As Azure does, which takes for its own only what has a value.
    """
    parts = query.split("&")
    kept = [part for part in parts if not _is_own(part)]
    if len(kept) == len(parts):
        return f"?{query}" if query else ""
    rest = "&".join(kept)
    return f"?{rest}" if rest else ""


def _is_own(part: str) -> bool:
    name, equals, _ = part.partition("=")
    return bool(equals) and unquote_plus(name).lower().startswith(_OWN_QUERY)
