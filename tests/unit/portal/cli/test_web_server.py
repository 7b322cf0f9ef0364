"""The server ends in seconds, though a browser does not answer the end of TLS."""

import asyncio
import socket
import ssl
from pathlib import Path

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from lab.authority import issue, make_authority
from portal.cli.web_server import WebServer

_HOST = "portal.corp.test"
# asyncio's own patience is 30 s, uvicorn's here for ever
_IN_TIME_S = 15


def _server(folder: Path) -> WebServer:
    issue(make_authority(folder / "ca"), folder / "portal", [_HOST], [])
    app = Starlette(routes=[Route("/", lambda _request: PlainTextResponse("here"))])
    return WebServer(
        uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=None,
            ssl_certfile=folder / "portal.pem",
            ssl_keyfile=folder / "portal.key",
        )
    )


def _browse(address: tuple[str, int]) -> ssl.SSLSocket:
    """Read a page, and keep the connection as a browser does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    kept = context.wrap_socket(socket.create_connection(address))
    kept.sendall(f"GET / HTTP/1.1\r\nHost: {_HOST}\r\n\r\n".encode())
    while not kept.recv(4096).endswith(b"here"):
        pass
    return kept


def test_a_connection_that_a_browser_keeps_does_not_hold_it_up(tmp_path: Path) -> None:
    # on the loop that the command serves on
    uvloop.run(_ends_in_time(_server(tmp_path)))


async def _ends_in_time(server: WebServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        with await asyncio.to_thread(_browse, address):
            server.should_exit = True
            await asyncio.wait_for(serving, _IN_TIME_S)
            assert not server.server_state.connections
