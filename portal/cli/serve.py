"""The server, until it is stopped: one address, behind a front proxy or not."""

import argparse
import logging

import uvicorn
import uvloop
from starlette.types import ASGIApp

from portal.cli.metrics_server import metrics_served
from portal.cli.places import add_places, secrets_of
from portal.cli.web_server import WebServer
from portal.parts import portal
from portal.settings import Settings, read_settings
from wire.log_limit import limit_log
from wire.printable import log_to_stderr
from wire.server.address import host_port
from wire.server.service_manager import inherited_sockets, notify

# what one peer may hold: slow requests, and headers without end
_CONNECTIONS, _HEADER_BYTES = 512, 32 * 1024
_KEEP_ALIVE_S, _STOP_S = 15, 25


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `serve`."""
    parser = commands.add_parser("serve", help="serve until stopped")
    add_places(parser)
    parser.set_defaults(run=serve)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    log_to_stderr(logging.INFO, "%(levelname)s %(name)s %(message)s")
    limit_log()
    settings = read_settings(arguments.settings)
    uvloop.run(_serve(settings, arguments))
    return 0


async def _serve(settings: Settings, arguments: argparse.Namespace) -> None:
    listening = inherited_sockets()
    async with (
        portal(settings, secrets_of(arguments)) as running,
        metrics_served(running.services),
    ):
        config = _config(settings, running.app)
        await WebServer(config).serve(listening or None)
        notify("STOPPING=1")


def _config(settings: Settings, app: ASGIApp) -> uvicorn.Config:
    host, port = host_port(settings.listen)
    tls = settings.tls
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        # who is asked for is in the cookie: a proxy's word counts by its address
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_S,
        h11_max_incomplete_event_size=_HEADER_BYTES,
        ssl_certfile=None if tls is None else tls.certificate,
        ssl_keyfile=None if tls is None else tls.key,
    )
