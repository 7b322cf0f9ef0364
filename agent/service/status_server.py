"""The local addresses of status and metrics, which no local client can hold.

Each connection is closed after a while, whatever its client does; over a number of
them, more are closed at once. So idle clients take no descriptors from the agent.
"""

import asyncio
import contextlib
import logging
from typing import Self

from aiohttp import web

from agent.service.metrics import Metrics
from agent.service.status import Status

LOG = logging.getLogger("agent.service.status_server")

_MOST_CLIENTS = 32
_CLIENT_S = 10.0
_MOST_RECENT = 1000  # within that time


class StatusServer:
    """Serves `/ready` and `/metrics` on a port, or on another while that is taken.

    Taken it is by the process before, as long as that hands over, or by a stranger:
    neither keeps an agent from serving. Port 0: one of the kernel's choice.
    """

    def __init__(self, status: Status, metrics: Metrics, port: int = 0) -> None:
        self._status, self._metrics = status, metrics
        self._wanted = port
        app = web.Application()
        app.router.add_get("/ready", self._ready)
        app.router.add_get("/metrics", self._counters)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        self._listening: list[asyncio.Server] = []
        self._recent = 0

    async def start(self) -> Self:
        """Listen, and note where in the status; OSError where that can't be done."""
        await self._runner.setup()
        try:
            await self._listen(self._wanted)
        except OSError as error:
            LOG.warning("port %d is taken: %s", self._wanted, error.strerror)
            await self._listen(0)
        return self

    async def take_port(self) -> None:
        """Take the port that is wanted, if it is free by now."""
        if self._wanted and self._port != self._wanted:
            with contextlib.suppress(OSError):
                await self._listen(self._wanted)

    @property
    def _port(self) -> int:
        return int(self._listening[-1].sockets[0].getsockname()[1])

    async def _listen(self, port: int) -> None:
        """Listen on a port; who reads of the one before is answered there as well."""
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(self._let_in, "127.0.0.1", port)
        self._listening.append(listening)
        self._status.listens_on(self._port)

    async def close(self) -> None:
        """Listen no more, and let go of the clients."""
        for listening in self._listening:
            listening.close()
        await self._runner.cleanup()

    def _let_in(self) -> asyncio.BaseProtocol:
        server = self._runner.server
        assert server is not None
        if len(server.connections) >= _MOST_CLIENTS or self._recent >= _MOST_RECENT:
            return _TurnedAway()
        client = server()
        self._recent += 1
        asyncio.get_running_loop().call_later(_CLIENT_S, self._end, client)
        return client

    def _end(self, client: web.RequestHandler) -> None:
        self._recent -= 1
        client.force_close()

    async def _ready(self, _: web.Request) -> web.Response:
        code = 200 if self._status.ready else 503
        return web.json_response(self._status.as_dict(), status=code)

    async def _counters(self, _: web.Request) -> web.Response:
        text = self._metrics.text(self._status.gauges())
        return web.Response(text=text, content_type="text/plain")


class _TurnedAway(asyncio.Protocol):
    """One client too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.abort()
