"""A CONNECT proxy in the network of the test that starts it."""

import socket
import socketserver
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass
class Proxy:
    """Where it is, whom it lets through, and which places it was asked for."""

    url: str = ""
    connected: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _credentials: str = ""
    _open: set[socket.socket] = field(default_factory=set)

    def of(self, user: str) -> str:
        """Give its address with a user, as settings have it."""
        return self.url.replace("http://", f"http://{quote(user, safe='')}@")

    def ask_for(self, credentials: str) -> None:
        """Let only these through from now on, and none that were before."""
        self._credentials = credentials
        for connection in tuple(self._open):
            with suppress(OSError):  # it ended by itself
                connection.shutdown(socket.SHUT_RDWR)

    def lets_through(self, head: str) -> bool:
        encoded = b64encode(self._credentials.encode()).decode()
        wanted = f"\nProxy-Authorization: Basic {encoded}\r\n"
        return not self._credentials or wanted in head

    @contextmanager
    def holding(self, connection: socket.socket) -> Iterator[None]:
        self._open.add(connection)
        try:
            yield
        finally:
            self._open.discard(connection)


@contextmanager
def proxy(address: str) -> Iterator[Proxy]:
    """Serve until the end of the block; its threads stay in the caller's network."""
    state = Proxy()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = "".join(iter(lambda: self.rfile.readline().decode(), "\r\n"))
            method, target, _ = head.split(" ", 2)
            assert method == "CONNECT"
            if not state.lets_through(head):
                state.refused.append(target)
                self.wfile.write(b"HTTP/1.1 407 Denied\r\nContent-Length: 0\r\n\r\n")
                return
            host, _, port = target.rpartition(":")
            try:
                there = socket.create_connection((host, int(port)))
            except OSError:
                self.wfile.write(b"HTTP/1.1 502 Away\r\nContent-Length: 0\r\n\r\n")
                return
            with state.holding(self.connection), there:
                state.connected.append(target)
                self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=_copy, args=(there, self.connection))
                back.start()
                _copy(self.connection, there)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server((address, 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        state.url = f"http://{address}:{server.server_address[1]}"
        try:
            yield state
        finally:
            server.shutdown()
            serving.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Carry everything over, and then the end."""
    with suppress(OSError):  # the other side went
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
