"""`serve` runs on libuv: less work for each connection of TLS than on asyncio's own."""

import asyncio
from typing import Any

import pytest
import uvloop

from portal.cli import serve
from portal.cli.main import main


def test_it_serves_on_libuv(places: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    loops = []

    async def served(*_: Any) -> None:
        loops.append(asyncio.get_running_loop())

    monkeypatch.setattr(serve, "_serve", served)
    assert main(["serve", *places]) == 0
    assert [type(each) for each in loops] == [uvloop.Loop]
