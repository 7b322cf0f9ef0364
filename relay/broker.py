"""Who listens where, and which requests wait for whom."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable

from relay.frames import Request, Response
from relay.listener import GOING_AWAY, Listener, NotTaken, Pending

# at once for one agent: each may cost its request, its rendezvous and its answer, and
# an agent of ours has a hundred under way
MOST_WAITING = 256


class ListenerSilent(Exception):
    """The listener did not answer in time."""


class NoListener(Exception):
    """Nobody listens on the connection."""


class TooMany(Exception):
    """As many requests wait for the connection as may."""


class Exchange:
    """The listeners of all connections, and the requests that wait for them.

    An answer is waited for `answer_seconds`, the return of a listener that left in
    order, as when its agent takes new keys, `return_seconds`.
    """

    def __init__(
        self, answer_seconds: float = 60.0, return_seconds: float = 15.0
    ) -> None:
        self._answer_seconds = answer_seconds
        self._return_seconds = return_seconds
        self._listeners: dict[str, list[Listener]] = {}
        self._rendezvous: dict[str, Pending] = {}
        self._expected: dict[str, asyncio.Event] = {}
        self._waiting = Counter[str]()

    def expect(self, connections: Iterable[str]) -> None:
        """Have requests for these wait for a listener that comes back.

        Called at a start: who listened just before dials again within moments.
        """
        loop = asyncio.get_running_loop()
        for name in map(str.lower, connections):
            came = self._expected.setdefault(name, asyncio.Event())
            loop.call_later(self._return_seconds, self._expect_no_more, name, came)

    def _expect_no_more(self, name: str, came: asyncio.Event) -> None:
        came.set()
        if self._expected.get(name) is came:
            del self._expected[name]

    def join(self, listener: Listener) -> None:
        name = listener.connection.lower()
        self._listeners.setdefault(name, []).append(listener)
        if name in self._expected:
            self._expected.pop(name).set()

    def leave(self, listener: Listener) -> None:
        key = listener.connection.lower()
        self._listeners[key].remove(listener)
        if not self._listeners[key]:
            del self._listeners[key]
        self._expect_back(listener)
        listener.abandon()

    def _expect_back(self, listener: Listener) -> None:
        """Expect who left in order and was the last to listen."""
        if listener.channel.was_left and not self._listening(
            listener.connection, [listener]
        ):
            self.expect([listener.connection])

    def listeners(self, connection: str | None = None) -> list[Listener]:
        """Give the listeners of a connection, or all."""
        return [
            listener
            for name, listeners in self._listeners.items()
            if connection is None or name == connection.lower()
            for listener in listeners
        ]

    def connections(self) -> list[str]:
        return list(self._listeners)

    async def ask(self, connection: str, request: Request) -> Response:
        """Relay a request to one of the listeners and wait for the answer.

        Raises `NoListener` (nobody, or it left without having begun), `ListenerGone`
        (without an answer), `ListenerSilent` (the time is up) or `TooMany`.
        """
        if self._waiting[connection] >= MOST_WAITING:
            raise TooMany
        self._waiting[connection] += 1
        try:
            return await self._ask_around(connection, request)
        except TimeoutError as error:
            raise ListenerSilent from error
        finally:
            self._waiting[connection] -= 1
            if not self._waiting[connection]:
                del self._waiting[connection]

    async def _ask_around(self, connection: str, request: Request) -> Response:
        """Ask one listener after the other until one takes the request."""
        until = asyncio.get_running_loop().time() + self._answer_seconds
        left: list[Listener] = []
        while listeners := await self._found(connection, left, until):
            listener = random.choice(listeners)  # noqa: S311 - spreads load, no secret
            try:
                return await self._ask_one(listener, request, until)
            except NotTaken:
                left.append(listener)
                self._expect_back(listener)
        raise NoListener

    async def _found(
        self, connection: str, left: list[Listener], until: float
    ) -> list[Listener]:
        if not self._listening(connection, left):
            await self._wait_for_return(connection, until)
        return self._listening(connection, left)

    async def _wait_for_return(self, connection: str, until: float) -> None:
        came = self._expected.get(connection.lower())
        if came is not None:
            async with asyncio.timeout_at(until):
                await came.wait()

    def _listening(self, connection: str, left: list[Listener]) -> list[Listener]:
        listeners = self._listeners.get(connection.lower(), ())
        return [listener for listener in listeners if listener not in left]

    async def _ask_one(
        self, listener: Listener, request: Request, until: float
    ) -> Response:
        pending = listener.expect(request)
        self._rendezvous[pending.id] = pending
        try:
            # not under the time limit: a frame cut off from its body is no message
            await listener.ask(pending)
            async with asyncio.timeout_at(until):
                return await pending.answer
        finally:
            listener.forget(pending)
            del self._rendezvous[pending.id]

    def arrive(self, number: str) -> Pending | None:
        """Give the request a rendezvous is for; each address is good once."""
        pending = self._rendezvous.get(number)
        if pending is None or pending.met:
            return None
        pending.met = True
        return pending

    async def close(self, connection: str | None = None) -> None:
        """Close the channels of a connection, or all, with 1001; expect none back."""
        for name, came in list(self._expected.items()):
            if connection is None or name == connection.lower():
                self._expect_no_more(name, came)
        closing = (
            listener.channel.close(GOING_AWAY)
            for listener in self.listeners(connection)
        )
        await asyncio.gather(*closing)
