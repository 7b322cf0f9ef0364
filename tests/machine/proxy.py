"""A CONNECT proxy in the network of the test that starts it."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Where it is, and which places it was asked for."""

    url: str = ""
    connected: list[str] = field(default_factory=list)


@contextmanager
def proxy(address: str) -> Iterator[Proxy]:
    """Serve until the end of the block; its threads stay in the caller's network."""
    told = Proxy()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            method, target, _ = self.rfile.readline().decode().split(" ", 2)
            while self.rfile.readline().strip():
                pass
            assert method == "CONNECT"
            host, _, port = target.rpartition(":")
            with socket.create_connection((host, int(port))) as there:
                told.connected.append(target)
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
        told.url = f"http://{address}:{server.server_address[1]}"
        try:
            yield told
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
