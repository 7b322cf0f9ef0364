"""The server, until it is stopped."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Coroutine
from typing import Any

from relay.authorization import hosts_of
from relay.connections.acceptor import listening_sockets
from relay.errors import RelayUnusable
from relay.server import Place, Relay, tls_context
from relay.store import Store
from wire.printable import log_to_stderr


def run_server(arguments: argparse.Namespace) -> int:
    log_to_stderr(logging.INFO, "%(levelname)s %(name)s %(message)s")
    place, tls = _place(arguments), _tls(arguments)
    with contextlib.closing(Store(arguments.data)) as store:
        relay = Relay(place, store)
        _run(_until_stopped(relay, arguments.listen, tls, arguments.ready_fd))
    return 0


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run the server to its end, on libuv where that is to be had."""
    if sys.platform == "win32":
        asyncio.run(main)
        return
    import uvloop

    uvloop.run(main)


async def _until_stopped(
    relay: Relay, place: tuple[str, int], tls: ssl.SSLContext, ready_fd: int | None
) -> None:
    stopped = asyncio.Event()
    _on_signals(stopped)
    listening = _listening(*place)
    host, port = listening[0].getsockname()[:2]
    await relay.start(listening, tls)
    try:
        logging.getLogger("relay").info("ready on %s:%d", host, port)
        _tell_ready(ready_fd, f"{host}:{port}\n")
        await stopped.wait()
    finally:
        await relay.stop()


def _listening(address: str, port: int) -> list[socket.socket]:
    try:
        return listening_sockets(address, port)
    except OSError as error:
        raise RelayUnusable(
            f"can't listen on {address}:{port}: {error.strerror}",
            "choose a free port and an address of this machine",
        ) from error


def _on_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows: only Ctrl+C, by KeyboardInterrupt
            return


def _tell_ready(ready_fd: int | None, line: str) -> None:
    if ready_fd is not None:
        with os.fdopen(ready_fd, "w") as pipe:
            pipe.write(line)


def _place(arguments: argparse.Namespace) -> Place:
    try:
        hosts = hosts_of(arguments.name, arguments.cert.read_bytes())
    except (OSError, ValueError) as error:
        raise RelayUnusable(
            f"can't read a PEM certificate from {arguments.cert}",
            "name the file with the relay's certificate first and its chain after it",
        ) from error
    return Place(arguments.name, hosts)


def _tls(arguments: argparse.Namespace) -> ssl.SSLContext:
    try:
        return tls_context(str(arguments.cert), str(arguments.key))
    except OSError as error:  # ssl.SSLError is one
        raise RelayUnusable(
            f"{arguments.key} is not the private key (PEM, without a passphrase) of "
            f"{arguments.cert}"
        ) from error
