"""One connection from its accept to its end, under the deadline of what it is at."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol, cast

from relay.connections.limits import Limits


class Kind(StrEnum):
    """Who is at the other end of a connection."""

    STRANGER = "stranger"
    SENDER = "sender"
    LISTENER = "listener"


class Tally(Protocol):
    """What a connection is counted by."""

    limits: Limits

    def moved(self, connection: "Connection") -> None: ...
    def proven(self, connection: "Connection", kind: Kind, owner: str) -> None: ...
    def ended(self, connection: "Connection") -> None: ...
    def dropped(self, why: str) -> None: ...


class Connection(asyncio.Protocol):
    """A connection that may be dropped at any time, handed on to the HTTP library.

    `source` is who is counted together with it. It stands between transport and
    `http`, which is made when the other side is heard of for the first time: a silent
    connection costs a descriptor and little else. `cut` ends it before it has a
    transport; `over` is set when it has ended.
    """

    def __init__(
        self, tally: Tally, source: str, make_http: Callable[[], asyncio.Protocol]
    ) -> None:
        self.source = source
        self.kind, self.owner = Kind.STRANGER, ""
        self.http: asyncio.Protocol | None = None
        self.is_busy = False
        self.cut: Callable[[], object] = lambda: None
        self._tally = tally
        self._make_http = make_http
        self._transport: asyncio.Transport | None = None
        self._unread = 0
        self._has_asked = False
        self.over = asyncio.Event()
        self._timer = self._later(tally.limits.header_s, "header")

    def header_came(self) -> None:
        """Note that a request's header is whole; its body and answer have a time."""
        self._has_asked = True
        self.is_busy = True
        self._await_from_stranger(self._tally.limits.body_s, "body")

    def answered(self) -> None:
        """Note that a request is answered; another may come."""
        self.is_busy = False
        self._await_from_stranger(self._tally.limits.header_s, "header")

    def prove(self, kind: Kind, owner: str) -> None:
        """Note that a valid token came, and whose; Refused where a share is used up."""
        if self.kind is kind:
            return
        self._tally.proven(self, kind, owner)
        self._timer.cancel()

    def drop(self, why: str) -> None:
        """End it at once."""
        if not self.over.is_set():
            self._tally.dropped(why)
            self.end()
            if self._transport is None:
                self.cut()
            else:
                self._transport.abort()

    def leave(self) -> None:
        """Close it, if it was answered before and nothing is under way on it."""
        if self._transport is not None and self._has_asked and not self.is_busy:
            self._transport.close()

    def end(self) -> None:
        """Note that it is over; once is enough."""
        if not self.over.is_set():
            self.over.set()
            self._timer.cancel()
            self._tally.ended(self)

    def _await_from_stranger(self, seconds: float, what: str) -> None:
        self._timer.cancel()
        if self.kind is Kind.STRANGER and not self.over.is_set():
            self._timer = self._later(seconds, what)
            self._tally.moved(self)

    def _later(self, seconds: float, what: str) -> asyncio.TimerHandle:
        loop = asyncio.get_running_loop()
        return loop.call_later(seconds, self.drop, f"no {what} in time")

    # asyncio.Protocol, handed on

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's TLS transport is one in all but its bases
        self._transport = cast("asyncio.Transport", transport)
        if self.over.is_set():
            self._transport.abort()
            return
        self.http = self._make_http()
        self._tally.moved(self)
        self.http.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.end()
        if self.http is not None:
            self.http.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._has_asked:
            self._measure(len(data))
        if self.http is not None and not self.over.is_set():
            self.http.data_received(data)

    def _measure(self, size: int) -> None:
        """Drop who sends on and on and never ends a first header.

        Of a later one it may be the rest of a body; the HTTP library bounds that.
        """
        most = self._tally.limits.header_bytes
        before, self._unread = self._unread, self._unread + size
        if before <= most < self._unread:
            # a header that is whole is noted by the task that this very data wakes
            asyncio.get_running_loop().call_later(0.5, self._drop_headless)

    def _drop_headless(self) -> None:
        if not self._has_asked:
            self.drop("a header without end")

    def eof_received(self) -> bool | None:
        return self.http.eof_received() if self.http is not None else None

    def pause_writing(self) -> None:
        if self.http is not None:
            self.http.pause_writing()

    def resume_writing(self) -> None:
        if self.http is not None:
            self.http.resume_writing()
