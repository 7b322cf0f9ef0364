"""The floor of a portal's start: one page by the same server, over TLS.

Run by its path, with HOST:PORT, the certificate and its key.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route


async def page(_request: Request) -> HTMLResponse:
    return HTMLResponse("<!doctype html><title>A page</title><h1>A page</h1>")


def main() -> None:
    address, certificate, key = sys.argv[1:]
    host, _, port = address.rpartition(":")
    uvicorn.run(
        Starlette(routes=[Route("/", page)]),
        host=host,
        port=int(port),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


if __name__ == "__main__":
    main()
