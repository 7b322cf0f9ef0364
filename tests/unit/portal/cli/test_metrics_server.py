"""The figures are served where the settings say so, and end with the portal."""

import asyncio
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portal.cli.metrics_server import metrics_served
from portal.errors import PortalUnusable
from tests.fixtures.portal.running import Running, running


def _get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answered:
        return str(answered.read().decode())


async def test_they_are_off_until_they_are_asked_for(portal: Running) -> None:
    async with metrics_served(portal.portal.services) as address:
        assert address is None


async def test_they_are_served_until_the_portal_ends(tmp_path: Path) -> None:
    async with running(tmp_path, metrics="127.0.0.1:0") as run:
        async with metrics_served(run.portal.services) as address:
            assert address is not None
            host, port = address
            assert host == "127.0.0.1"
            text = await asyncio.to_thread(_get, port, "/metrics")
            assert "writeback_portal_agent_ready" in text
            with pytest.raises(urllib.error.HTTPError, match="404"):
                await asyncio.to_thread(_get, port, "/")
        with pytest.raises(OSError, match="refused"):
            await asyncio.to_thread(_get, port, "/metrics")


async def test_an_address_that_is_taken_is_said_before_anybody_is_served(
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        own = f"127.0.0.1:{taken.getsockname()[1]}"
        async with running(tmp_path, metrics=own) as run:
            with pytest.raises(
                PortalUnusable, match=f"metrics: {own}: Address already"
            ):
                async with metrics_served(run.portal.services):
                    pass
