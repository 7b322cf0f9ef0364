"""A WebSocket to the relay, spoken to in whole messages."""

import asyncio
import contextlib

import aiohttp
from aiohttp import WSMsgType

from wire import hybrid_connections
from wire.hybrid_connections import BadMessage, RelayRequest, RelayResponse, RequestHead

CLOSE_S = 5.0


class MessageSocket:
    """A control channel or a rendezvous, after its handshake."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._close_code: int | None = None
        self._closing: asyncio.Task[bool] | None = None

    @property
    def close_code(self) -> int | None:
        """Why the other side closed it (RFC 6455 section 7.4).

        As its close frame says: aiohttp's own close_code turns to 1006 when the
        other side does not wait for the reply.
        """
        return self._close_code or self._socket.close_code

    async def close(self, code: int = 1000) -> None:
        """Close, and wait for the other side's close frame; the first code counts.

        Whoever closes second waits too: the session ends after that, and would cut
        the connection before the relay has read why.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._socket.close(code=code))
        await asyncio.shield(self._closing)

    async def send(self, text: str, body: bytes = b"") -> None:
        """Send a text frame, and its body if there is one, with nothing between."""
        async with self._sending:
            await self._socket.send_str(text)
            if body:
                await self._socket.send_bytes(body)

    async def send_response(self, number: str, response: RelayResponse) -> None:
        await self.send(
            hybrid_connections.response_text(number, response), response.body
        )

    async def receive_text(self) -> str | None:
        """Wait for a text frame; None when the socket is closed."""
        frame = await self._frame()
        if frame.type is WSMsgType.BINARY:
            raise BadMessage("a body came without its request")
        return str(frame.data) if frame.type is WSMsgType.TEXT else None

    async def receive_rest(self, head: RequestHead) -> RelayRequest | None:
        """Wait for a request's body if it has one; None when the socket is closed."""
        if not head.body:
            return head.with_body(b"")
        frame = await self._frame()
        if frame.type is WSMsgType.TEXT:
            raise BadMessage("a request came without its body")
        return head.with_body(frame.data) if frame.type is WSMsgType.BINARY else None

    async def wait_closed(self) -> None:
        """Wait for the relay to close a rendezvous that has served its end."""
        with contextlib.suppress(TimeoutError):
            await self._socket.receive(timeout=CLOSE_S)

    async def _frame(self) -> aiohttp.WSMessage:
        if self._closing is not None:
            # aiohttp would close here with a code of its own
            return aiohttp.WSMessage(WSMsgType.CLOSED, None, None)
        frame = await self._socket.receive()
        if frame.type is WSMsgType.CLOSE:
            self._close_code = frame.data
        return frame
