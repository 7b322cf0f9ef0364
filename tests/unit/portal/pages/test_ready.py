"""A load balancer learns whether a node can serve, and no more; nor does it cost."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import Connection

from portal.agents.pool import _FRESH_S
from portal.database.engine import Database
from portal.pages import ready as ready_page
from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import Running

_YES, _NO = (200, "ready\n"), (503, "not ready\n")


async def _asked(portal: Running, **headers: str) -> tuple[int, str]:
    page = await portal.browser().raw("GET", "/ready", b"", headers)
    return page.status, page.text


async def test_a_node_with_database_and_agent_is_ready(portal: Running) -> None:
    page: Answered = await portal.browser().raw("GET", "/ready", b"", {})
    assert (page.status, page.text) == _YES
    assert page.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.headers
    # a load balancer asks by the node's address
    assert await _asked(portal, host="10.0.0.7:8480") == _YES
    other = await portal.browser().raw("GET", "/", b"", {"host": "10.0.0.7:8480"})
    assert other.status == 421
    head = await portal.browser().raw("HEAD", "/ready", b"", {})
    assert head.status == 200


async def test_one_request_that_failed_is_no_reason_to_go(portal: Running) -> None:
    portal.agent.silent = True
    services = portal.portal.services
    await services.agents.look()
    assert not services.agents.serving("contoso")
    assert await _asked(portal) == _YES
    for agent in services.agents.agents:
        agent.heard = time.monotonic() - _FRESH_S - 1
    assert await _asked(portal) == _NO
    portal.agent.silent = False
    await services.agents.look()
    assert await _asked(portal) == _YES


@pytest.mark.parametrize("said", [{"paused": True}, {"ready": False}, {"starts": 0}])
async def test_an_agent_that_can_t_serve_makes_none_ready(
    portal: Running, said: dict[str, Any]
) -> None:
    portal.agent.starts = said.pop("starts", portal.agent.starts)
    portal.agent.ready |= said
    await portal.portal.services.agents.look()
    assert await _asked(portal) == _NO


async def test_a_database_that_fails_makes_a_node_not_ready(
    portal: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_connection: Connection) -> None:
        raise RuntimeError("canary-of-the-database")

    monkeypatch.setattr(ready_page, "_first_agent", fails)
    assert await _asked(portal) == _NO
    assert "canary" not in caplog.text


async def test_a_database_that_hangs_is_waited_for_once_and_not_long(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, entered = threading.Event(), []

    def hangs(_connection: Connection) -> None:
        entered.append(1)
        go.wait(20)

    monkeypatch.setattr(ready_page, "_first_agent", hangs)
    monkeypatch.setattr(ready_page, "_WAITS_S", 0.2)
    try:
        answers = await asyncio.gather(*(_asked(portal) for _ in range(50)))
        assert set(answers) == {_NO}
        assert await _asked(portal) == _NO
        assert len(entered) == 1
    finally:
        go.set()


async def test_a_database_that_takes_no_writes_makes_a_node_not_ready(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read all the same: no visit can begin."""
    path = portal.portal.services.database.url.database
    assert path is not None
    monkeypatch.setattr(ready_page, "_WAITS_S", 0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert await _asked(portal) == _NO
        other.execute("ROLLBACK")
    monkeypatch.setattr(ready_page, "_WAITS_S", 20.0)
    assert await _asked(portal) == _YES


async def test_a_flood_reads_the_database_once_a_second(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = [], Database.look

    async def counted(self: Database, work: Any, *args: Any) -> Any:
        looks.append(work)
        return await look(self, work, *args)

    monkeypatch.setattr(Database, "look", counted)
    monkeypatch.setattr(ready_page, "_KEPT_S", 60.0)
    for _ in range(100):
        assert await _asked(portal) == _YES
    assert len(looks) == 1
    monkeypatch.setattr(ready_page, "_KEPT_S", -1.0)
    assert await _asked(portal) == _YES
    assert len(looks) == 2
