"""uvicorn's server, which says when it is ready, and stops in seconds."""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Iterator

import uvicorn

from wire.server.service_manager import notify

LOG = logging.getLogger("portal")
# a browser answers the end of TLS when it uses the connection next: asyncio waits for
# 30 s, and a service manager kills who is slow
_LONGEST_END_S = 1.0


class WebServer(uvicorn.Server):
    """uvicorn's, which tells systemd that it is ready, and ends in order."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or [s for server in self.servers for s in server.sockets]:
            LOG.info("ready on %s:%d", *each.getsockname()[:2])
        notify("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending = asyncio.create_task(self._end_closing())
        try:
            await super().shutdown(sockets)
        finally:
            ending.cancel()

    async def _end_closing(self) -> None:
        """End connections that were closed and whose peer does not answer."""
        while True:
            await asyncio.sleep(_LONGEST_END_S)
            for connection in list(self.server_state.connections):
                transport = getattr(connection, "transport", None)
                if transport is not None and transport.is_closing():
                    transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals; uvicorn would send them again before all is closed."""
        if threading.current_thread() is not threading.main_thread():
            yield  # who runs it there stops it by `should_exit`
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield
