"""Monitoring reads what a node did, on an address of its own, and learns of nobody."""

import asyncio
import re
import sqlite3
import threading

import pytest
from sqlalchemy.exc import OperationalError

from portal.database.outbox import MAIL, Message
from portal.notifications.delivery import NotSent
from portal.notifications.sender import Sender
from portal.pages import metrics as metrics_page
from portal.pages.metrics import metrics
from tests.fixtures.portal.agent import AgentPerson
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered, proved_twice

_NEW = "Correct-Horse-42-Staple"
# openmetrics.io 1.0.0: what a line may be
_LINE = re.compile(
    r"# (TYPE|UNIT|HELP) [a-z_]+ .+|# EOF|"
    r'[a-z_]+(\{([a-z]+="[^"\\\n]*",?)+\})? (\d+(\.\d+)?(e[+-]\d+)?)'
)


class _Away:
    async def send(self, _message: object) -> None:
        raise NotSent("away")


async def read(portal: Running) -> dict[str, float]:
    """Read the figures as monitoring does; each line is in the form."""
    own = Browser(metrics(portal.portal.services), "192.0.2.200")
    answered = await own.raw("GET", "/metrics", b"", {"host": "10.0.0.7:9480"})
    assert answered.status == 200
    kind = answered.headers["content-type"]
    assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    lines = answered.text.split("\n")
    assert lines[-2:] == ["# EOF", ""]
    assert [each for each in lines[:-1] if not _LINE.fullmatch(each)] == []
    samples = [each.rpartition(" ") for each in lines[:-2] if each[0] != "#"]
    found = {name: float(value) for name, _, value in samples}
    assert len(found) == len(samples), "a line is there twice"
    return found


def _answers(operation: str, code: str) -> str:
    own = f'operation="{operation}",code="{code}"'
    return f"writeback_portal_agent_answers_total{{{own}}}"


async def test_a_reset_its_refusal_and_a_lookup_are_counted(
    portal: Running, anna: Registered
) -> None:
    before = await read(portal)
    browser = await proved_twice(portal, anna)
    await browser.send(new="Short-1", again="Short-1")
    await browser.send(new=_NEW, again=_NEW)
    found = await read(portal)
    assert found[_answers("reset", "too_short")] == 1
    assert found[_answers("reset", "ok")] == 1
    lookup = _answers("lookup", "ok")
    assert found[lookup] > before[lookup]
    times = "writeback_portal_agent_answer_seconds"
    assert found[f'{times}_count{{operation="reset"}}'] == 2
    assert found[f'{times}_bucket{{operation="reset",le="+Inf"}}'] == 2
    pages = 'writeback_portal_pages_total{status="4xx"}'
    assert found[pages] == before.get(pages, 0) + 1
    assert found["process_resident_memory_bytes"] > 10_000_000


async def test_what_nobody_answered_is_unknown(
    portal: Running, anna: Registered
) -> None:
    browser = await proved_twice(portal, anna)
    portal.agent.refuse_with = "unknown_result"
    await browser.send(new=_NEW, again=_NEW)
    assert (await read(portal))[_answers("reset", "unknown_result")] == 1


async def test_an_agent_that_went_is_seen(portal: Running) -> None:
    own = 'writeback_portal_agent_ready{agent="srv1",domain="contoso"}'
    assert (await read(portal))[own] == 1
    portal.agent.silent = True
    await portal.portal.services.agents.look()
    assert (await read(portal))[own] == 0


async def test_mails_that_wait_are_seen_and_those_that_fail(
    portal: Running,
) -> None:
    name = 'writeback_portal_messages_{}{{channel="mail"}}'
    _queue(portal)
    found = await read(portal)
    assert (found[name.format("waiting")], found[name.format("failing")]) == (1, 0)

    services = portal.portal.services
    sender = Sender(services.database, services.outbox, MAIL, _Away(), portal.clock)
    assert await sender.send_one()
    portal.clock.now += 1
    found = await read(portal)
    assert (found[name.format("waiting")], found[name.format("failing")]) == (1, 1)


def _queue(portal: Running) -> None:
    services = portal.portal.services
    message = Message(MAIL, "code", ANNA.guid, ANNA.upn, "a code", "12345678")
    with services.database.begin() as connection:
        services.outbox.put(connection, message, portal.clock.now, 600)


async def test_a_database_that_is_away_takes_no_other_figure_with_it(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("away"))

    monkeypatch.setattr(metrics_page, "_waiting", fails)
    found = await read(portal)
    assert found["writeback_portal_database_answers"] == 0
    assert not [each for each in found if "messages" in each]
    assert [each for each in found if "agent_ready" in each]


async def test_a_database_that_hangs_holds_one_thread(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often monitoring comes: pages look by the same threads."""
    came, goes_on = [], threading.Event()

    def hangs(*_: object) -> dict[str, tuple[int, int]]:
        came.append(1)
        goes_on.wait(30)
        return {}

    monkeypatch.setattr(metrics_page, "_waiting", hangs)
    monkeypatch.setattr(metrics_page, "_WAITS_S", 0.05)
    own = Browser(metrics(portal.portal.services), "192.0.2.200")
    try:
        for _ in range(6):
            answered = await own.raw("GET", "/metrics", b"", {})
            assert "writeback_portal_database_answers 0\n" in answered.text
        assert len(came) == 1
        async with asyncio.timeout(5):
            await portal.portal.services.database.look(lambda _: None)
    finally:
        goes_on.set()


async def test_nobodys_name_is_in_it(portal: Running, anna: Registered) -> None:
    """Nor does who asks about many make many lines."""
    person: AgentPerson = portal.agent.people[0]
    await proved_twice(portal, anna)
    before = await read(portal)
    for number in range(30):
        browser = portal.browser(f"198.51.100.{number}")
        await browser.open("/forgot")
        await browser.send(name=f"somebody-{number}@contoso.test")
        await browser.raw("GET", f"/nowhere-{number}", b"", {})
    found = await read(portal)
    words = "\n".join(found)
    for each in (person.guid, "anna", "berg", "somebody", "198.51", "nowhere", "x@"):
        assert each not in words.lower()
    new = {each for each in found if each not in before}
    assert len(new) == 2, new  # user_not_found, and pages that are none


async def test_it_is_no_page_of_the_portal(portal: Running) -> None:
    answered = await portal.browser().raw("GET", "/metrics", b"", {})
    assert answered.status == 404
    own = Browser(metrics(portal.portal.services), "192.0.2.200")
    for path in ("/", "/account", "/ready", "/static/portal.css"):
        assert (await own.raw("GET", path, b"", {})).status == 404
    assert (await own.raw("POST", "/metrics", b"", {})).status == 405
