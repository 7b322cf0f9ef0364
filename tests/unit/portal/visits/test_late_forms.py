"""A form that was begun while it was allowed changes nothing once it is not."""

import asyncio

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered, registered


async def _thief(portal: Running, path: str) -> tuple[Browser, str]:
    """Sign in with Anna's stolen password, and open a page with a form."""
    browser = portal.browser("203.0.113.66")
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    page = await browser.open(path)
    assert page.path == path
    return browser, page.forms[-1].fields["token"]


async def test_who_stole_a_password_adds_nothing_to_what_came_meanwhile(
    portal: Running,
) -> None:
    thief, token = await _thief(portal, "/account/recovery")
    thief.held = asyncio.Event()
    form = asyncio.create_task(thief.post("/account/recovery", {"token": token}))
    await thief.reading.wait()
    anna = await registered(portal)
    before = {row["id"] for row in portal.rows("proof")}
    thief.held.set()
    await form
    assert thief.page is not None
    assert thief.page.path == "/account/prove"
    assert {row["id"] for row in portal.rows("proof")} == before
    assert anna.codes


async def test_nor_while_an_agent_takes_its_time(portal: Running) -> None:
    """The receipt is asked for when there is no method, and comes when there is."""
    thief, token = await _thief(portal, "/account/recovery")
    receipts = asyncio.Event()
    asked = asyncio.Event()
    exchange = portal.portal.services.agents.agents[0].exchange
    ask = exchange.ask

    async def slow(claims, seconds):  # type: ignore[no-untyped-def]
        if claims["op"] == "register" and not asked.is_set():
            asked.set()
            await receipts.wait()
        return await ask(claims, seconds)

    exchange.ask = slow  # type: ignore[method-assign]
    form = asyncio.create_task(thief.post("/account/recovery", {"token": token}))
    await asked.wait()
    anna: Registered = await registered(portal)
    before = {row["id"] for row in portal.rows("proof")}
    receipts.set()
    await form
    assert {row["id"] for row in portal.rows("proof")} == before
    assert anna.codes
