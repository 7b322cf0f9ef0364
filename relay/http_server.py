"""The relay's port: opened, served by the HTTP library, drained, closed."""

import logging
import socket
import ssl
from collections.abc import Callable
from time import monotonic

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from relay.connections.acceptor import Acceptor
from relay.connections.registry import Registry
from wire.printable import printable

HTTP = logging.getLogger("relay.http")
ACCESS = logging.getLogger("relay.access")
# at the end: for who was just accepted to ask, and for answers under way
_FIRST_S = 3.0
_FINISH_S = 20.0
_LOGGED_PATH = 256
# of senders; strangers have the time of a header
_KEEP_ALIVE_S = 300.0


class HttpServer:
    """Serves an application on listening sockets, as soon as it is made."""

    def __init__(
        self, runner: web.AppRunner, acceptor: Acceptor, registry: Registry
    ) -> None:
        self._runner = runner
        self._acceptor = acceptor
        self._registry = registry
        self._refusals = RefusalFilter()
        ACCESS.addFilter(self._refusals)

    @classmethod
    async def start(
        cls,
        application: web.Application,
        registry: Registry,
        listening: list[socket.socket],
        tls: ssl.SSLContext,
    ) -> "HttpServer":
        """Serve from now on; `listening` are closed at the end."""
        HTTP.addFilter(_without_malformed_lines)
        runner = web.AppRunner(
            application,
            access_log=ACCESS,
            access_log_class=_AccessLog,
            logger=HTTP,
            keepalive_timeout=_KEEP_ALIVE_S,
            # bodies are relayed as they come, and none of a stranger grows in here
            auto_decompress=False,
            # what is under way was given its time by `stop`
            shutdown_timeout=1.0,
        )
        await runner.setup()
        assert runner.server is not None
        acceptor = Acceptor(registry, tls, runner.server)
        acceptor.start(listening)
        return cls(runner, acceptor, registry)

    def use(self, tls: ssl.SSLContext) -> None:
        """Show another certificate to whoever connects from now on."""
        self._acceptor.tls = tls

    async def drain(self) -> None:
        """Accept nothing more, and let each request under way have its answer."""
        self._acceptor.stop()
        await self._registry.drain(_FIRST_S, _FINISH_S)

    async def stop(self) -> None:
        await self._runner.cleanup()
        ACCESS.removeFilter(self._refusals)


def _without_malformed_lines(record: logging.LogRecord) -> bool:
    """Keep malformed requests out of the log: tokens may be in them.

    Anybody can send as many as they like; the access log counts them as refused.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


class RefusalFilter(logging.Filter):
    """Lets so many lines about refused requests through in a minute, and counts more.

    Anybody can have requests refused; who is served showed a token.
    """

    def __init__(self, most: int = 60, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._most, self._clock = most, clock
        self._began, self._count = clock(), 0

    def filter(self, record: logging.LogRecord) -> bool:
        status = record.args[3] if isinstance(record.args, tuple) else 0
        if not isinstance(status, int) or not 400 <= status < 500:
            return True
        if self._clock() - self._began >= 60.0:
            unseen = self._count - self._most
            self._began, self._count = self._clock(), 0
            if unseen > 0:
                record.msg += f" ({unseen} more were refused since the last line)"
        self._count += 1
        return self._count <= self._most


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
