"""A socket that datagrams are sent to."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(tmp_path / "socket"))
        server.settimeout(5)
        yield server
