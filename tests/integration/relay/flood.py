"""A flood against a relay on this machine: connections that ask for nothing, slowly.

Run as a program: `PORT CA CONNECTIONS SECONDS`. It writes a line when so many were
opened, ends when its input does or the time is up, and never leaves the loopback.
"""

import asyncio
import contextlib
import itertools
import os
import ssl
import sys

from relay.connections.limits import raise_descriptors

_SOURCES = 60
_PAUSE_S = 0.25
_PIECE_S = 1.0


class Flood:
    """Keeps so many connections open at a port, each of its own bad manner."""

    def __init__(self, port: int, ca: str, connections: int) -> None:
        self._port = port
        self._connections = connections
        self._tls = ssl.create_default_context(cafile=ca)
        self._number = itertools.count()
        self._opened = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            manners = itertools.cycle(_MANNERS)
            for manner in itertools.islice(manners, self._connections):
                group.create_task(self._again_and_again(manner))

    async def _again_and_again(self, manner: "Manner") -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._once(manner)
            await asyncio.sleep(_PAUSE_S)

    async def _once(self, manner: "Manner") -> None:
        number = next(self._number)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            self._port,
            ssl=self._tls if manner.tls else None,
            server_hostname="localhost" if manner.tls else None,
            local_addr=(f"127.0.0.{number % _SOURCES + 1}", 0),
        )
        self._opened += 1
        if self._opened == self._connections:
            print("flooding", flush=True)
        try:
            await manner.behave(reader, writer)
        finally:
            writer.transport.abort()


class Manner:
    """How a connection behaves, with a TLS session or before there is one."""

    def __init__(self, start: bytes, piece: bytes, *, tls: bool) -> None:
        self.tls = tls
        self._start, self._piece = start, piece

    async def behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send a little now and then until the other side ends it."""
        writer.write(self._start)
        reading = asyncio.create_task(reader.read())
        try:
            while not reading.done():
                writer.write(self._piece)
                await writer.drain()
                await asyncio.wait([reading], timeout=_PIECE_S)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


_HOST = b"Host: localhost\r\n"
_BODY = b"POST /$enrol HTTP/1.1\r\n" + _HOST + b"Content-Length: 9000\r\n\r\n"
# TLS costs the flood as much as the relay: one in eight has it
_MANNERS = (
    Manner(b"", b"", tls=False),
    Manner(b"\x16\x03\x01\x40\x00", b"\x01", tls=False),
    Manner(b"", b"", tls=False),
    Manner(b"GET / HTTP/1.1\r\n" + _HOST + b"X-Slow: ", b"x", tls=True),
    Manner(b"", b"", tls=False),
    Manner(b"\x16\x03\x01\x40\x00", b"\x01", tls=False),
    Manner(b"", b"", tls=False),
    Manner(_BODY, b"x", tls=True),
)


async def main(port: int, ca: str, connections: int, seconds: float) -> None:
    flood = asyncio.create_task(Flood(port, ca, connections).run())
    told = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    ended = asyncio.FIRST_COMPLETED
    await asyncio.wait([flood, told], timeout=seconds, return_when=ended)
    os._exit(0 if not flood.done() else 1)


if __name__ == "__main__":
    raise_descriptors()
    port_, ca_, connections_, seconds_ = sys.argv[1:]
    asyncio.run(main(int(port_), ca_, int(connections_), float(seconds_)))
