"""Two agents behind one portal: who is asked, and what holds when one dies."""

import asyncio

from lab.people import START_PASSWORD
from tests.fixtures.agent_stage import CANARY
from tests.fixtures.password_audit import resets
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.live import LiveAgent
from tests.fixtures.portal.visitor import Visitor, set_password
from tests.integration.portal.directory.conftest import LivePortal, WatchedRelay

DONE, WAITING = "Your password is changed", "We are finding out"
NOT_NOW = "Not possible right now"
_SECONDS = 60.0
STREAM = ("olga", "pavel", "quentin", "rosa", "samir", "tilda")


async def ready(live: LivePortal, key: str) -> tuple[Visitor, Browser]:
    """Bring a person to the page that asks for the new password."""
    visitor = live.visitor(key)
    await visitor.register(START_PASSWORD)
    browser = await visitor.proven()
    assert browser.page is not None
    assert browser.page.path == "/forgot/password", browser.page.text
    return visitor, browser


async def until_known(browser: Browser, page: Answered) -> Answered:
    """Let the page that finds out ask again, as its browser does, until it knows."""
    async with asyncio.timeout(_SECONDS):
        while page.heading == WAITING:
            await asyncio.sleep(0.2)
            page = await browser.open("/forgot/waiting")
    return page


async def until_sent() -> None:
    async with asyncio.timeout(_SECONDS):
        while not WatchedRelay.posts:  # noqa: ASYNC110 - a transport, not ours to wake
            await asyncio.sleep(0.01)


def times_set(live: LivePortal, key: str) -> int:
    """Count how often a person's password was set, by the controller's own log."""
    return resets(live.lab.log)[live.lab.people[key]["dn"]]


async def restarted(live: LivePortal, agent: LiveAgent) -> None:
    await asyncio.to_thread(agent.start)
    await live.portal.services.agents.look()
    assert len(live.portal.services.agents.serving("corp")) == 2


async def test_a_dead_agent_is_sent_no_password(live: LivePortal) -> None:
    farid, browser = await ready(live, "farid")
    first, second = live.owner.agents
    first.kill()
    try:
        page = await set_password(browser, CANARY)
        assert page.heading == DONE, page.text
    finally:
        await restarted(live, first)
    assert live.lab.people["farid"]["dn"] in second.written()
    live.lab.sign_in(farid.upn, CANARY)
    assert times_set(live, "farid") == 1


async def test_what_a_killed_agent_had_is_settled_by_the_same_token(
    live: LivePortal,
) -> None:
    greta, browser = await ready(live, "greta")
    henri, other = await ready(live, "henri")
    first, second = live.owner.agents
    live.lab.pause()  # so that it certainly dies with the request in its hands
    try:
        WatchedRelay.posts.clear()
        posted = asyncio.create_task(set_password(browser, CANARY))
        await until_sent()
        first.kill()
    finally:
        live.lab.resume()
    page = await posted
    assert (page.status, page.heading) == (202, WAITING)
    # pressed again: the first one counts
    page = await browser.open("/forgot/waiting")
    assert page.heading == WAITING
    page = await set_password(other, CANARY)
    assert page.heading == DONE, page.text
    assert live.lab.people["henri"]["dn"] in second.written()
    await restarted(live, first)
    page = await until_known(browser, page=await browser.open("/forgot/waiting"))
    assert page.heading == DONE, page.text
    live.lab.sign_in(greta.upn, CANARY)
    live.lab.sign_in(henri.upn, CANARY)
    assert (times_set(live, "greta"), times_set(live, "henri")) == (1, 1)


async def test_a_stream_of_resets_loses_nothing_when_an_agent_dies(
    live: LivePortal,
) -> None:
    people = await asyncio.gather(*(ready(live, key) for key in STREAM))
    first, _ = live.owner.agents

    async def reset(browser: Browser, password: str) -> str:
        page = await until_known(browser, await set_password(browser, password))
        while page.heading == NOT_NOW:  # a slow controller; nothing was written
            await browser.open("/forgot/password")
            page = await until_known(browser, await set_password(browser, password))
        return page.heading

    work = [
        asyncio.create_task(reset(browser, f"{CANARY}-{n}"))
        for n, (_, browser) in enumerate(people)
    ]
    await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
    first.kill()
    await restarted(live, first)
    assert set(await asyncio.gather(*work)) == {DONE}
    for n, (visitor, _) in enumerate(people):
        live.lab.sign_in(visitor.upn, f"{CANARY}-{n}")
    assert [times_set(live, key) for key in STREAM] == [1] * len(STREAM)
