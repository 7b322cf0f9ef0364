"""The server, until it is stopped."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

from relay.certificate import Certificate
from relay.connections.acceptor import listening_sockets
from relay.database.data_lock import serving
from relay.database.store import Store
from relay.errors import RelayUnusable
from relay.http_server import ACCESS
from relay.local_status import LocalStatus, Metric
from relay.server import Place, Relay
from relay.settings import (
    SETTINGS_FILE,
    Settings,
    read_settings,
    settings_of,
)
from wire.log_limit import limit_log
from wire.printable import log_to_stderr
from wire.server.address import host_port
from wire.server.service_manager import inherited_sockets, notify

LOG = logging.getLogger("relay")
_OPTIONS = ("name", "certificate", "key", "listen", "metrics", "agent_listeners")


def run_server(arguments: argparse.Namespace) -> int:
    log_to_stderr(logging.INFO, "%(levelname)s %(name)s %(message)s")
    limit_log(but=ACCESS.name)
    settings = _settings(arguments)
    certificate = Certificate(settings.name, settings.certificate, settings.key)
    with serving(arguments.data), contextlib.closing(Store(arguments.data)) as store:
        place = Place(settings.name, certificate.hosts)
        relay = Relay(place, store, agent_listeners=settings.agent_listeners)
        _run(_until_stopped(relay, certificate, settings, arguments.ready_fd))
    return 0


def _settings(arguments: argparse.Namespace) -> Settings:
    """Take what the file says, and over it what the command line says."""
    words = {
        name: getattr(arguments, name)
        for name in _OPTIONS
        if getattr(arguments, name) is not None
    }
    path, source = arguments.settings, "the command line"
    values: dict[str, Any] = {}
    if path is not None or not {"name", "certificate", "key"} <= words.keys():
        path = path or SETTINGS_FILE
        values, source = read_settings(path), str(path)
    return settings_of(values | words, source)


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run the server to its end, on libuv where that is to be had."""
    if sys.platform == "win32":
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(main)
        return
    import uvloop

    uvloop.run(main)


async def _until_stopped(
    relay: Relay, certificate: Certificate, settings: Settings, ready_fd: int | None
) -> None:
    stopped, hung_up = asyncio.Event(), asyncio.Event()
    _on_signals(stopped, hung_up)
    listening = inherited_sockets() or _listening(*host_port(settings.listen))
    host, port = listening[0].getsockname()[:2]
    async with _local_status(relay, certificate, settings):
        await relay.start(listening, certificate.tls)
        watching = asyncio.create_task(certificate.watch(hung_up, relay.use))
        try:
            LOG.info("ready on %s:%d", host, port)
            _tell_ready(ready_fd, f"{host}:{port}\n")
            notify("READY=1")
            await stopped.wait()
        finally:
            watching.cancel()
            notify("STOPPING=1")
            await relay.stop()


@asynccontextmanager
async def _local_status(
    relay: Relay, certificate: Certificate, settings: Settings
) -> AsyncIterator[None]:
    def problems() -> list[str]:
        ended = certificate.seconds_left <= 0
        return relay.problems() + ["The certificate has expired."] * ended

    def metrics() -> Iterator[Metric]:
        yield from relay.metrics()
        left = certificate.seconds_left
        yield "writeback_relay_certificate_seconds", "gauge", "", round(left)

    status = LocalStatus(problems, metrics)
    if settings.metrics is not None:
        await status.start(*host_port(settings.metrics))
    try:
        yield
    finally:
        await status.stop()


def _listening(address: str, port: int) -> list[socket.socket]:
    try:
        return listening_sockets(address, port)
    except OSError as error:
        raise RelayUnusable(
            f"can't listen on {address}:{port}: {error.strerror}",
            "choose a free port and an address of this machine",
        ) from error


def _on_signals(stopped: asyncio.Event, hung_up: asyncio.Event) -> None:
    if sys.platform == "win32":  # only Ctrl+C, by KeyboardInterrupt
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    loop.add_signal_handler(signal.SIGHUP, hung_up.set)


def _tell_ready(ready_fd: int | None, line: str) -> None:
    if ready_fd is not None:
        with os.fdopen(ready_fd, "w") as pipe:
            pipe.write(line)
