"""The figures for monitoring, served beside the portal on an address of their own."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn

from portal.errors import PortalUnusable
from portal.pages.metrics import metrics
from portal.services import Services
from wire.server.address import host_port

LOG = logging.getLogger("portal")
_CONNECTIONS, _KEEP_ALIVE_S, _STOP_S = 16, 15, 1


class _Server(uvicorn.Server):
    """uvicorn's, which leaves the signals to the portal's own server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def metrics_served(services: Services) -> AsyncIterator[tuple[str, int] | None]:
    """Serve the figures where the settings say so; give address and port.

    PortalUnusable where nothing can listen there.
    """
    if services.settings.metrics is None:
        yield None
        return
    with _listener(services.settings.metrics) as listener:
        server = _Server(_config(services))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        host, port = listener.getsockname()[:2]
        LOG.info("figures for monitoring on %s:%d", host, port)
        try:
            yield host, port
        finally:
            server.should_exit = True
            await serving


def _listener(address: str) -> socket.socket:
    host, port = host_port(address)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = error.strerror or type(error).__name__
        remedy = "name another address or port, or end what listens there"
        raise PortalUnusable(f"metrics: {address}: {why}", remedy) from None


def _config(services: Services) -> uvicorn.Config:
    return uvicorn.Config(
        metrics(services),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_S,
    )
