"""The agent's outbound connection to a relay: dial, keep alive, renew, reconnect.

Speaks Azure Relay Hybrid Connections as a listener, so that a relay of one's own and
Microsoft's are the same to the agent. It hands requests to `handle` and knows nothing
of what is in them. Tokens and rendezvous addresses are never logged.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum

import aiohttp

from agent.relay_client.dialer import Dialer
from agent.relay_client.errors import (
    WrongProxyPassword,
    reason_for_close,
    reason_for_failure,
)
from agent.relay_client.websocket import CLOSE_S, MessageSocket
from wire import hybrid_connections
from wire.failure import Failure
from wire.http_session import http_session
from wire.hybrid_connections import (
    Accept,
    BadMessage,
    RelayRequest,
    RelayResponse,
    RequestHead,
)
from wire.text import EMPTY, Text

LOG = logging.getLogger("agent.relay_client.listener")

# the delays of Microsoft's own listeners
_DELAYS_S = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
_LEAST_DELAY_S = 0.2
# tried too often, it would lock the user at the proxy
_WRONG_PASSWORD_S = 300.0
_STEADY_S = 10.0
# for the next request at a rendezvous
_RENDEZVOUS_S = 60.0
_MOST_UNDER_WAY = 100
# more than that are not even refused: no relay of ours hands on so many
_MOST_TASKS = 4 * _MOST_UNDER_WAY
# each may hold a frame of 1 MiB; others wait for their turn
_MOST_RENDEZVOUS = 32
_GOING_AWAY = 1001
_PROTOCOL_ERROR = 1002
_INTERNAL_ERROR = 1011

Handle = Callable[[RelayRequest], Awaitable[RelayResponse]]


class Phase(StrEnum):
    """Where the listener is."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    CLOSED = "closed"


@dataclass(frozen=True)
class ListenerState:
    """What the listener is doing; while waiting, why and until when (Unix seconds)."""

    phase: Phase
    reason: Text = EMPTY
    retry_at: float | None = None


class Listener:
    """One connection of one agent to one relay.

    `handle` answers a request and is called concurrently; `on_state` must not block.
    """

    def __init__(
        self, dialer: Dialer, handle: Handle, on_state: Callable[[ListenerState], None]
    ) -> None:
        self._dialer = dialer
        self._handle = handle
        self._on_state = on_state
        self._stopping = asyncio.Event()
        self._leaving = False
        self._under_way: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_MOST_RENDEZVOUS)
        self._control: MessageSocket | None = None
        self._failures = 0

    async def run(self) -> None:
        """Stay connected until cancelled or drained."""
        try:
            async with http_session() as session:
                try:
                    await self._stay(session)
                finally:
                    await self._end_tasks()
        finally:
            self._on_state(ListenerState(Phase.CLOSED))

    async def drain(self, seconds: float, *, idle_within: float = 0.0) -> None:
        """Take no more requests, finish those under way, close; `run` then returns.

        The channel is closed with 1001, by which our relay knows that what has no
        answer was not begun; with 1011 where something was cut off, after `seconds`.
        For up to `idle_within` seconds it first goes on taking requests, until none is
        under way: where a successor listens too, nobody is sent away.
        """
        await self._idle(idle_within)
        self._stopping.set()
        begun = set(self._under_way)
        await _all_done(begun, seconds)
        self._leaving = True  # from here on not even a refusal is begun
        await _all_done(self._under_way - begun, CLOSE_S)
        cut_off = any(not task.done() for task in begun)
        code = _INTERNAL_ERROR if cut_off else _GOING_AWAY
        await self._end_tasks()
        if self._control is not None:
            await self._control.close(code=code)

    async def _idle(self, seconds: float) -> None:
        """Wait for a moment with no request under way."""
        until = time.monotonic() + seconds
        while self._under_way and (left := until - time.monotonic()) > 0:
            await asyncio.wait(
                self._under_way, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )

    async def _stay(self, session: aiohttp.ClientSession) -> None:
        while not self._stopping.is_set():
            self._on_state(ListenerState(Phase.CONNECTING))
            began = time.monotonic()
            reason = await self._try(session)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > _STEADY_S:
                self._failures = 0
            locks = isinstance(reason, WrongProxyPassword)
            delay = _WRONG_PASSWORD_S if locks else _delay(self._failures)
            self._failures += 1
            LOG.warning("%s; trying again in %.1f s", reason, delay)
            again_at = time.time() + delay
            self._on_state(ListenerState(Phase.WAITING, reason.whole, again_at))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    async def _try(self, session: aiohttp.ClientSession) -> Failure:
        """Serve one control channel; whatever a relay does, it only ends that."""
        try:
            return await self._connect_and_serve(session)
        except Exception as error:  # noqa: BLE001 - the boundary: no relay ends the agent
            return reason_for_failure(error)

    async def _connect_and_serve(self, session: aiohttp.ClientSession) -> Failure:
        """Serve one control channel to its end and say why it ended."""
        try:
            channel = await self._dial_control(session)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            return reason_for_failure(error)
        if channel is None:
            return Failure(EMPTY)  # it was told to stop
        self._control = channel
        self._on_state(ListenerState(Phase.CONNECTED))
        # a relay that lets us in and sends us away is there: soon tried again
        self._failures = min(self._failures, 1)
        beside = [
            asyncio.create_task(self._renew(channel)),
            asyncio.create_task(channel.watch(self._dialer.ping_seconds)),
        ]
        try:
            return await self._serve(session, channel)
        except BadMessage as error:
            await channel.close(code=_PROTOCOL_ERROR)
            what = Text("the relay broke the protocol: {error}", error=str(error))
            return Failure(what)
        finally:
            self._control = None
            for task in beside:
                task.cancel()
            await channel.close()

    async def _dial_control(
        self, session: aiohttp.ClientSession
    ) -> MessageSocket | None:
        """Dial the control channel; None when it is to stop meanwhile."""
        dialling = asyncio.create_task(self._dialer.control(session))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait(
                (dialling, stopping), return_when=asyncio.FIRST_COMPLETED
            )
            channel = dialling.result() if dialling.done() else None
        finally:
            dialling.cancel()
            stopping.cancel()
        if channel is not None and self._stopping.is_set():
            await channel.close(code=_GOING_AWAY)
            return None
        return channel

    async def _serve(
        self, session: aiohttp.ClientSession, channel: MessageSocket
    ) -> Failure:
        while (text := await channel.receive_text()) is not None:
            head = hybrid_connections.parse(text)
            if head is None:
                continue
            if isinstance(head, Accept):
                self._start(self._dialer.refuse(session, head.address))
                continue
            if not head.complete:
                self._start(self._serve_rendezvous(session, head))
                continue
            request = await channel.receive_rest(head)
            if request is None:
                break
            self._start(self._answer(session, channel, head, request))
        return reason_for_close(channel.close_code)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        if self._leaving or len(self._under_way) >= _MOST_TASKS:
            work.close()
            return
        task = asyncio.create_task(_contained(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(
        self,
        session: aiohttp.ClientSession,
        channel: MessageSocket,
        head: RequestHead,
        request: RelayRequest,
    ) -> None:
        """Answer a request that came whole on the control channel."""
        response = await self._response_to(request)
        if hybrid_connections.fits_inline(response.headers.items(), response.body):
            await channel.send_response(head.id, response)
            return
        async with self._rendezvous(session, head) as place:
            await place.send_response(head.id, response)
            await place.wait_closed()

    async def _serve_rendezvous(
        self, session: aiohttp.ClientSession, head: RequestHead
    ) -> None:
        """Answer requests where they wait; the relay may keep the place for several."""
        async with self._rendezvous(session, head) as place:
            while (asked := await _whole(place)) is not None:
                number, request = asked
                await place.send_response(number, await self._response_to(request))

    @contextlib.asynccontextmanager
    async def _rendezvous(
        self, session: aiohttp.ClientSession, head: RequestHead
    ) -> AsyncIterator[MessageSocket]:
        async with self._places:
            place = await self._dialer.rendezvous(session, head.address)
            try:
                yield place
            finally:
                await place.close()

    async def _response_to(self, request: RelayRequest) -> RelayResponse:
        if self._stopping.is_set():
            return _refusal(503, "draining")
        if len(self._under_way) > _MOST_UNDER_WAY:
            return _refusal(503, "too_many")
        try:
            return await self._handle(request)
        except Exception as error:  # noqa: BLE001 - else the sender waits for nothing
            LOG.error("a request failed: %s", type(error).__name__)
            return _refusal(500, "internal")

    async def _renew(self, channel: MessageSocket) -> None:
        # when the channel is gone, `_serve` sees it too and says so
        with contextlib.suppress(OSError):
            while True:
                await asyncio.sleep(self._dialer.token_seconds * 0.75)
                await channel.send(
                    hybrid_connections.renewal_text(self._dialer.token())
                )

    async def _end_tasks(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


async def _all_done(tasks: set[asyncio.Task[None]], seconds: float) -> None:
    """Wait until all are done, but no longer than that."""
    if tasks:
        await asyncio.wait(tasks, timeout=seconds)


async def _contained(work: Coroutine[None, None, None]) -> None:
    """Answer one request; whatever goes wrong stays with it."""
    try:
        await work
    except BadMessage as error:
        LOG.warning("a rendezvous broke the protocol: %s", error)
    except Exception as error:  # noqa: BLE001 - the boundary: fixed texts, by the kind
        LOG.warning("an answer was not delivered: %s", reason_for_failure(error))


async def _whole(place: MessageSocket) -> tuple[str, RelayRequest] | None:
    """Receive a request at a rendezvous, with its number; None when it is closed."""
    async with asyncio.timeout(_RENDEZVOUS_S):
        text = await place.receive_text()
        if text is None:
            return None
        head = hybrid_connections.parse(text)
        if not isinstance(head, RequestHead) or not head.complete:
            raise BadMessage("no whole request came to the rendezvous")
        request = await place.receive_rest(head)
    return None if request is None else (head.id, request)


def _delay(failures: int) -> float:
    """Choose how long to wait: longer each time, and not all agents at once."""
    longest = max(_DELAYS_S[min(failures, len(_DELAYS_S) - 1)], _LEAST_DELAY_S)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, no secret


def _refusal(status: int, code: str) -> RelayResponse:
    return RelayResponse(
        status, {"Content-Type": "application/json"}, f'{{"code":"{code}"}}'.encode()
    )
