"""One listener: its control channel, and rendezvous for what is too big for that.

A text frame and the binary frame of its body are sent under one lock, as they must
not be interleaved with another pair. The request that was sent to a listener waits
in `Pending` until the answer comes back, on the control channel or at a rendezvous.
A listener that breaks the protocol is BadMessage.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import WSMessage, WSMsgType
from aiohttp.web import WebSocketResponse

from relay import frames as message
from relay.frames import Request, Response, ResponseHead
from wire.hybrid_connections import BadMessage, fits_inline

GOING_AWAY = 1001
POLICY_VIOLATION = 1008
_PROTOCOL_ERROR = 1002
_SEND_S = 20.0
# a control frame has 125 bytes (RFC 6455 section 5.5), two of them for the code
_MOST_REASON = 123


class ListenerGone(Exception):
    """The listener went away before it answered."""


class NotTaken(ListenerGone):
    """The listener went away and never began the request: another may have it."""


@dataclass(eq=False)
class Pending:
    """A request that waits for its answer.

    `address` is where the listener may come for a rendezvous, good once; `met`: it did;
    `inline`: it got the whole request on its control channel.
    """

    id: str
    request: Request
    address: str
    inline: bool
    answer: asyncio.Future[Response] = field(repr=False)
    met: bool = False

    def settle(self, answer: Response) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def give_up(self, reason: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(reason)


class Channel:
    """A WebSocket to a listener, spoken to in whole messages.

    `drop` cuts its connection, where the other side does not read what it is sent.
    """

    def __init__(self, socket: WebSocketResponse, drop: Callable[[str], None]) -> None:
        self.socket = socket
        self._drop = drop
        self._sending = asyncio.Lock()
        self._closing: asyncio.Task[bool] | None = None

    @property
    def was_left(self) -> bool:
        """Whether the other side closed it of its own accord and in order (1001)."""
        return self._closing is None and self.socket.close_code == GOING_AWAY

    async def send(self, text: str, body: bytes = b"") -> None:
        """Send a text frame, and its body if there is one; ListenerGone when closed."""
        try:
            # cut off, a frame is no message, and so the connection ends with it: who
            # does not read answers no ping either, but may keep it alive by sending
            async with asyncio.timeout(_SEND_S), self._sending:
                await self.socket.send_str(text)
                if body:
                    await self.socket.send_bytes(body)
        except TimeoutError as error:
            self._drop("a listener that does not read")
            raise ListenerGone from error
        except (ConnectionError, RuntimeError) as error:
            raise ListenerGone from error

    async def receive(self) -> str | None:
        """Wait for a text frame; None when the socket is closed."""
        frame = await self._frame()
        if frame is not None and frame.type is not WSMsgType.TEXT:
            raise BadMessage("a body came without its response")
        return None if frame is None else str(frame.data)

    async def receive_body(self, head: ResponseHead) -> Response | None:
        """Wait for the body of a response; None when the socket is closed."""
        if not head.body:
            return Response(head, b"")
        frame = await self._frame()
        if frame is None:
            return None
        if frame.type is WSMsgType.TEXT:
            # a body may be sent as text by clients whose response was a string
            return Response(head, str(frame.data).encode())
        return Response(head, frame.data)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, and wait for the other side's close frame; the first code counts.

        The handler calls it last: were it to return while another task closes, aiohttp
        would cut the connection before the frames are exchanged.
        """
        if self._closing is None:
            cut = reason.encode()[:_MOST_REASON].decode(errors="ignore")
            message = cut.encode()
            closing = self.socket.close(code=code, message=message)
            self._closing = asyncio.create_task(closing)
        await asyncio.shield(self._closing)

    async def _frame(self) -> WSMessage | None:
        frame = await self.socket.receive()
        return frame if frame.type in (WSMsgType.TEXT, WSMsgType.BINARY) else None


class Listener:
    """One control channel of a connection.

    `origin` is wss://host:port as the listener dialled it, for rendezvous addresses;
    `token` is the last that it showed.
    """

    def __init__(
        self, channel: Channel, connection: str, origin: str, token: str | None
    ) -> None:
        self.channel = channel
        self.token = token
        self.connection = connection
        self._origin = origin
        self._pending: dict[str, Pending] = {}

    def expect(self, request: Request) -> Pending:
        """Note a request, before it is sent."""
        number = secrets.token_hex(16)
        path = f"/$hc/{self.connection}?sb-hc-action=request&sb-hc-id={number}"
        pending = Pending(
            id=number,
            request=request,
            address=self._origin + path,
            inline=fits_inline(request.headers, request.body),
            answer=asyncio.get_running_loop().create_future(),
        )
        self._pending[number] = pending
        return pending

    def forget(self, pending: Pending) -> None:
        self._pending.pop(pending.id, None)

    async def ask(self, pending: Pending) -> None:
        """Send a request, or the summons to come for it; NotTaken, or ListenerGone."""
        try:
            await self._send(pending)
        except ListenerGone as error:
            raise self._gone_without(pending) from error

    async def _send(self, pending: Pending) -> None:
        if not pending.inline:
            await self.channel.send(message.summons_text(pending.id, pending.address))
            return
        text = message.request_text(pending.request, pending.id, pending.address)
        await self.channel.send(text, pending.request.body)

    async def next(self) -> message.Renewal | None:
        """Deliver answers until the listener sends a new token, or is gone: None."""
        while (text := await self.channel.receive()) is not None:
            received = message.parse(text)
            if isinstance(received, message.Renewal):
                return received
            if isinstance(received, ResponseHead):
                answer = await self.channel.receive_body(received)
                if answer is not None and received.request_id in self._pending:
                    self._pending[received.request_id].settle(answer)
        return None

    def abandon(self) -> None:
        """Give up what waits for this channel; a rendezvous under way goes on."""
        for pending in self._pending.values():
            if not pending.met:
                pending.give_up(self._gone_without(pending))

    def _gone_without(self, pending: Pending) -> ListenerGone:
        """Say what a listener that is gone did with a request it has not answered.

        One that leaves in order takes nothing more before it closes, and what it took
        it answers first. Between its close frame and our reading of it we may still
        send; without this a take-over would lose what comes in that moment.
        """
        never_sent = not pending.inline
        return NotTaken() if never_sent or self.channel.was_left else ListenerGone()


async def meet(channel: Channel, pending: Pending) -> None:
    """Hand over a request at its rendezvous, if it was not sent; take the answer."""
    try:
        if not pending.inline:
            text = message.request_text(pending.request, pending.id, pending.address)
            await channel.send(text, pending.request.body)
        pending.settle(await _answer_at(channel, pending))
    finally:
        pending.give_up(ListenerGone())


async def _answer_at(channel: Channel, pending: Pending) -> Response:
    text = await channel.receive()
    head = message.parse(text) if text is not None else None
    if head is None:
        raise ListenerGone
    if not isinstance(head, ResponseHead) or head.request_id != pending.id:
        raise BadMessage("a rendezvous takes the response to its request alone")
    answer = await channel.receive_body(head)
    if answer is None:
        raise ListenerGone
    return answer


async def refuse(channel: Channel, error: BadMessage) -> None:
    """Close the socket of a listener that broke the protocol."""
    await channel.close(_PROTOCOL_ERROR, str(error))
