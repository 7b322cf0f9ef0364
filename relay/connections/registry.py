"""Who is connected: counted by kind and by source, and who goes when it is full."""

import asyncio
import contextlib
import logging
import time
from collections import Counter

from aiohttp import web

from relay.connections.connection import Connection, Kind
from relay.connections.held_bytes import HeldBytes
from relay.connections.limits import Limits
from relay.errors import Refused

LOG = logging.getLogger("relay.connections")
_LOG_EVERY_S = 60.0
_FULL = "more connections at once than there is room for"


class Registry:
    """All connections of a relay.

    Where there is no room for another stranger, the one that everybody has waited for
    the longest goes: who is honest is served within moments, and never is that one.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held = HeldBytes(limits.held_bytes, limits.held_bytes_per_owner)
        self.counts = Counter[Kind]()
        self._by_owner = Counter[str]()
        self.drops = Counter[str]()
        self.responses = Counter[int]()
        # in the order of their last step: the first has been waited for the longest
        self._strangers: dict[Connection, None] = {}
        self._by_source: dict[str, dict[Connection, None]] = {}
        self._by_http: dict[asyncio.Protocol, Connection] = {}
        self._log = DropLog()
        self.is_draining = False
        self._all: set[Connection] = set()

    def admit(self, connection: Connection) -> None:
        """Count a stranger in, after another went where there was no room."""
        there = self._by_source.get(connection.source, {})
        if len(there) >= self.limits.strangers_per_source:
            next(iter(there)).drop(_FULL)
        elif len(self._strangers) >= self.limits.strangers:
            next(iter(self._strangers)).drop(_FULL)
        self.counts[Kind.STRANGER] += 1
        self._all.add(connection)
        self._enter(connection)

    def make_room(self, why: str) -> None:
        """Let one stranger go, because the system has no more descriptors."""
        if self._strangers:
            next(iter(self._strangers)).drop(why)
        else:
            self.dropped(why)

    def of(self, request: web.Request) -> Connection:
        """Find the connection that a request came on; Refused where it is gone."""
        connection = self._by_http.get(request.protocol)
        if connection is None:
            raise Refused(408, "the connection was dropped", "Connect again.")
        return connection

    async def drain(self, first_s: float, finish_s: float) -> None:
        """Send all but listeners away, each when its answer is out.

        From here on `is_draining`: whoever answers also closes. Who was just accepted
        has `first_s` seconds to ask, an answer `finish_s` to come.
        """
        self.is_draining = True
        for each in self._others():
            each.leave()
        await _wait_for(
            [each.over for each in self._others() if not each.is_busy], first_s
        )
        for each in self._others():
            if not each.is_busy:
                each.drop("the relay ends")
        await _wait_for([each.over for each in self._others()], finish_s)

    def _others(self) -> list[Connection]:
        return [each for each in self._all if each.kind is not Kind.LISTENER]

    def moved(self, connection: Connection) -> None:
        """Put a stranger that took a step behind all others."""
        if connection.http is not None:
            self._by_http[connection.http] = connection
        if connection in self._strangers:
            self._leave(connection)
            self._enter(connection)

    def proven(self, connection: Connection, kind: Kind, owner: str) -> None:
        """Move a connection to another kind; Refused where that one is full."""
        most = self.limits.listeners
        if kind is Kind.SENDER:
            most = self.limits.senders
            self._check_owner(owner)
        if self.counts[kind] >= most:
            self.dropped(_FULL)
            raise Refused(503, f"this relay has its {most} {kind}s", "Try again later.")
        self._leave(connection)
        self._uncount(connection)
        connection.kind, connection.owner = kind, owner
        self.counts[kind] += 1
        self._by_owner[owner] += 1

    def _check_owner(self, owner: str) -> None:
        most = self.limits.senders_per_owner
        if self._by_owner[owner] >= most:
            self.dropped(_FULL)
            what = f"this key is used by {most} connections, as many as may"
            raise Refused(503, what, "Close some, or use them again.")

    def _uncount(self, connection: Connection) -> None:
        self.counts[connection.kind] -= 1
        self._by_owner[connection.owner] -= 1
        if self._by_owner[connection.owner] <= 0:
            del self._by_owner[connection.owner]

    def ended(self, connection: Connection) -> None:
        self._uncount(connection)
        self._all.discard(connection)
        self._leave(connection)
        if connection.http is not None:
            self._by_http.pop(connection.http, None)

    def dropped(self, why: str) -> None:
        self.drops[why] += 1
        self._log.note(why)

    def _enter(self, connection: Connection) -> None:
        self._strangers[connection] = None
        self._by_source.setdefault(connection.source, {})[connection] = None

    def _leave(self, connection: Connection) -> None:
        self._strangers.pop(connection, None)
        there = self._by_source.get(connection.source)
        if there is not None:
            there.pop(connection, None)
            if not there:
                del self._by_source[connection.source]


async def _wait_for(events: list[asyncio.Event], seconds: float) -> None:
    """Wait until each has come about, but no longer than that."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for event in events:
                await event.wait()


class DropLog:
    """Tells of dropped connections: the first at once, then one line a minute."""

    def __init__(self) -> None:
        self._told_at = -_LOG_EVERY_S
        self._untold = Counter[str]()

    def note(self, why: str) -> None:
        self._untold[why] += 1
        now = time.monotonic()
        if now - self._told_at >= _LOG_EVERY_S:
            self._told_at = now
            reasons = ", ".join(f"{n} for {why}" for why, n in self._untold.items())
            LOG.warning("connections dropped since the last such line: %s", reasons)
            self._untold.clear()
