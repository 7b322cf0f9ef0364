"""Takes connections in: accept, count, wait for the first byte, TLS."""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable

from relay.connections.connection import Connection
from relay.connections.limits import source_of
from relay.connections.registry import Registry

LOG = logging.getLogger("relay.connections")
_BACKLOG = 1024
_PAUSE_S = 0.1
_AT_ONCE = 32


class Acceptor:
    """Accepts on listening sockets until it is stopped.

    `tls` may be replaced while it runs: connections from then on get the new one.
    """

    def __init__(
        self,
        registry: Registry,
        tls: ssl.SSLContext,
        make_http: Callable[[], asyncio.Protocol],
    ) -> None:
        self.tls = tls
        self._registry = registry
        self._make_http = make_http
        self._listening: list[socket.socket] = []
        self._taking: set[asyncio.Task[None]] = set()

    def start(self, listening: list[socket.socket]) -> None:
        """Accept on these, which are the acceptor's from then on."""
        self._listening = listening
        for each in listening:
            self._listen(each)

    def stop(self) -> None:
        """Accept nothing more; who was accepted goes on."""
        for each in self._listening:
            asyncio.get_running_loop().remove_reader(each)
            each.close()
        self._listening = []

    def _listen(self, listening: socket.socket) -> None:
        if listening in self._listening:
            loop = asyncio.get_running_loop()
            loop.add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        """Accept who waits, though not all of a flood at once: others have a turn."""
        loop = asyncio.get_running_loop()
        for _ in range(_AT_ONCE):
            try:
                accepted, address = listening.accept()
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # it was gone before it was taken
            except OSError as error:  # out of descriptors or memory
                self._registry.make_room(str(error.strerror))
                loop.remove_reader(listening)
                loop.call_later(_PAUSE_S, self._listen, listening)
                return
            accepted.setblocking(False)
            self._take(accepted, str(address[0]))

    def _take(self, accepted: socket.socket, host: str) -> None:
        connection = Connection(self._registry, source_of(host), self._make_http)
        task = asyncio.create_task(self._open(accepted, connection))
        connection.cut = task.cancel
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)
        self._registry.admit(connection)

    async def _open(self, accepted: socket.socket, connection: Connection) -> None:
        """Take a connection through its handshake; whatever fails ends it alone."""
        loop = asyncio.get_running_loop()
        try:
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await _readable(accepted)
            await loop.connect_accepted_socket(
                lambda: connection, accepted, ssl=self.tls
            )
        except (OSError, EOFError):  # ssl.SSLError is an OSError
            connection.end()
            accepted.close()
        except asyncio.CancelledError:
            connection.end()
            accepted.close()
            raise


async def _readable(accepted: socket.socket) -> None:
    """Wait for the first byte, before a TLS session takes up memory."""
    loop = asyncio.get_running_loop()
    came = loop.create_future()
    loop.add_reader(accepted, _came, came)
    try:
        await came
    finally:
        loop.remove_reader(accepted)


def _came(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def listening_sockets(host: str, port: int) -> list[socket.socket]:
    """Open a port on each address of a host; OSError where that can't be.

    An address of all (::) takes IPv4 too, where the system can.
    """
    found = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    with contextlib.ExitStack() as opened:
        sockets = []
        for family, _, _, _, address in dict.fromkeys(found):
            both = family is socket.AF_INET6 and host == "::"
            each = socket.create_server(
                (str(address[0]), int(address[1])),
                family=family,
                backlog=_BACKLOG,
                dualstack_ipv6=both and socket.has_dualstack_ipv6(),
            )
            each.setblocking(False)
            sockets.append(opened.enter_context(each))
        opened.pop_all()
    return sockets
