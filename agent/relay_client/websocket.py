"""A WebSocket to the relay, spoken to in whole messages."""

import asyncio
import contextlib
import os
import socket

import aiohttp
from aiohttp import WSMsgType

from wire import hybrid_connections
from wire.hybrid_connections import BadMessage, RelayRequest, RelayResponse, RequestHead

CLOSE_S = 5.0
# a relay that takes nothing for so long is gone
_SEND_S = 30.0
_BROKEN = (aiohttp.ClientError, OSError)
_CLOSED = aiohttp.WSMessage(WSMsgType.CLOSED, None, None)


class MessageSocket:
    """A control channel or a rendezvous, after its handshake.

    Whoever made it answers no PING for it (`autoping=False`).
    """

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()
        self._close_code: int | None = None
        self._closing: asyncio.Task[bool] | None = None
        self._pings = 0
        self._answered = asyncio.Event()

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
        the connection before the relay has read why. One that does not reply is cut.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._socket.close(code=code))
        await asyncio.wait((self._closing,), timeout=2 * CLOSE_S)
        if not self._closing.done():
            self._closing.cancel()
            self._cut()

    def _cut(self) -> None:
        """End the connection, whatever waits to be sent on it."""
        opened = self._socket.get_extra_info("socket")
        if opened is None:
            return  # it is gone
        # uvloop's own kind of socket can't be shut down; one of its number can
        with contextlib.suppress(OSError):
            number = os.dup(opened.fileno())
            with socket.socket(fileno=number) as same:
                same.shutdown(socket.SHUT_RDWR)

    async def watch(self, ping_seconds: float) -> None:
        """Ask each `ping_seconds` whether the relay is there; end when it is not.

        It has half that time to answer each PING itself: frames that keep coming are
        no answer. Somebody must be receiving meanwhile.
        """
        with contextlib.suppress(TimeoutError, *_BROKEN):
            while True:
                await asyncio.sleep(ping_seconds)
                async with asyncio.timeout(ping_seconds / 2):
                    self._pings += 1
                    self._answered.clear()
                    await self._socket.ping(self._ping)
                    await self._answered.wait()
        self._cut()

    @property
    def _ping(self) -> bytes:
        return b"%d" % self._pings

    async def send(self, text: str, body: bytes = b"") -> None:
        """Send a text frame, and its body if there is one, with nothing between.

        TimeoutError where the other side takes nothing.
        """
        async with asyncio.timeout(_SEND_S), self._sending:
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
            async with asyncio.timeout(CLOSE_S):
                await self._frame()

    async def _frame(self) -> aiohttp.WSMessage:
        while True:
            if self._closing is not None:
                # aiohttp would close here with a code of its own
                return _CLOSED
            frame = await self._socket.receive()
            if frame.type is WSMsgType.PING:
                try:
                    await self._socket.pong(frame.data)
                except _BROKEN:
                    return _CLOSED
            elif frame.type is WSMsgType.PONG:
                if bytes(frame.data) == self._ping:
                    self._answered.set()
            else:
                if frame.type is WSMsgType.CLOSE:
                    self._close_code = frame.data
                return frame
