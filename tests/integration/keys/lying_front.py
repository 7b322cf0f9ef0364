"""Who holds the relay's host: everything goes through, but for what it lies about."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from lab.relay import LabRelay

# a request's body, and how it is carried on with another one, gives status and body
Carry = Callable[[bytes], tuple[int, bytes]]
Lie = Callable[[bytes, Carry], tuple[int, bytes]]
_HEADERS = ("ServiceBusAuthorization", "Content-Type")


class LyingFront:
    """Before a relay, with its certificate; `lie` answers `POST /<agent>/portal`."""

    def __init__(self, relay: LabRelay) -> None:
        self._relay, self.url = relay, ""
        self.lie: Lie | None = None
        self._tls = ssl.create_default_context(cafile=str(relay.folder / "ca.pem"))

    def answer(self, asked: "_Requests", body: bytes) -> tuple[int, bytes]:
        """Answer one request, by the relay or by a lie."""

        def carry(other: bytes) -> tuple[int, bytes]:
            return self._carried(asked, other)

        if self.lie is not None and asked.path.endswith("/portal"):
            return self.lie(body, carry)
        return carry(body)

    def _carried(self, asked: "_Requests", body: bytes) -> tuple[int, bytes]:
        relay = self._relay
        link = http.client.HTTPSConnection(
            relay.address, relay.port, timeout=65.0, context=self._tls
        )
        headers = {name: asked.headers[name] or "" for name in _HEADERS}
        with contextlib.closing(link):
            link.request(asked.command, asked.path, body or None, headers)
            answered = link.getresponse()
            return answered.status, answered.read()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    front: LyingFront

    def handle_error(self, *_: Any) -> None:
        """A client that has heard enough goes away; that is no fault."""


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, answer = cast("_Server", self.server).front.answer(self, body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for


@contextlib.contextmanager
def lying_front(relay: LabRelay) -> Iterator[LyingFront]:
    """Serve until the block ends; honest until a `lie` is set."""
    folder: Path = relay.folder
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    with _Server((relay.address, 0), _Requests) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.front = LyingFront(relay)
        server.front.url = f"https://{relay.address}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.front
        finally:
            server.shutdown()
            thread.join()
