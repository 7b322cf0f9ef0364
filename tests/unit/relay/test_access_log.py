"""What strangers can have written into the relay's log."""

import asyncio
import logging

import pytest

from relay.http_server import RefusalFilter
from tests.fixtures.relay_stage import RelayStage, until


def record(status: int) -> logging.LogRecord:
    form = "%s %s %s %d %.1f ms"
    values = ("192.0.2.1", "GET", "/x", status, 1.0)
    return logging.LogRecord("relay.access", 20, "", 0, form, values, None)


def test_refusals_are_counted_when_they_are_many() -> None:
    now = 0.0
    filtered = RefusalFilter(3, lambda: now)
    shown = [filtered.filter(record(401)) for _ in range(10)]
    assert shown == [True] * 3 + [False] * 7
    # who is served is written down all the same
    assert filtered.filter(record(200))
    assert filtered.filter(record(502))
    now = 60.0
    next_line = record(404)
    assert filtered.filter(next_line)
    assert next_line.getMessage().endswith("(7 more were refused since the last line)")


async def test_a_stranger_writes_no_error_into_the_log(
    stage: RelayStage, caplog: pytest.LogCaptureFixture
) -> None:
    """Anybody could fill a disk with them; who is refused is counted."""
    caplog.set_level("INFO")
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", stage.port, ssl=stage.client_tls, server_hostname="localhost"
    )
    writer.write(b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")
    assert b"400" in await reader.readline()
    writer.transport.abort()
    await until(lambda: "127.0.0.1" in caplog.text, "written down")
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]
