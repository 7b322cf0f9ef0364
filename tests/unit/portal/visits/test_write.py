"""A write is done once: however often it is pressed, and where an answer is lost."""

import asyncio

import pytest

from portal.agents.relay_http import NoAnswer, RelayReply
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import Running
from tests.unit.portal.conftest import Registered, proved_twice
from wire.operation import Operation

NEW = "Correct-Horse-42-Staple"
DONE, WAITING = "Your password is changed", "We are finding out"


@pytest.fixture
async def browser(portal: Running, anna: Registered) -> Browser:
    """A browser on the page that asks for the new password."""
    made = await proved_twice(portal, anna)
    assert made.page is not None
    assert made.page.path == "/forgot/password"
    return made


def twin_of(browser: Browser, portal: Running) -> Browser:
    twin = portal.browser(browser.address)
    twin.cookies, twin.page = dict(browser.cookies), browser.page
    return twin


def resets_of(portal: Running) -> set[str]:
    """Which resets the agent was asked for, by their jti."""
    return {each.jti for each in portal.agent.seen if each.op is Operation.RESET}


async def test_who_presses_twice_writes_once(portal: Running, browser: Browser) -> None:
    both = (browser, twin_of(browser, portal))
    pages = await asyncio.gather(*(each.send(new=NEW, again=NEW) for each in both))
    assert [page.heading for page in pages] == [DONE, DONE]
    assert len(resets_of(portal)) == 1


async def test_a_refusal_of_a_later_delivery_is_no_refusal(
    portal: Running, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, posted = portal.agent, portal.agent.post

    async def lost(name: str, token: bytes, seconds: float) -> RelayReply:
        await posted(name, token, seconds)
        raise NoAnswer("lost")

    monkeypatch.setattr(agent, "post", lost)
    page = await browser.send(new=NEW, again=NEW)
    assert (page.status, page.heading) == (202, WAITING)
    monkeypatch.setattr(agent, "post", posted)
    agent.refuse_with = "expired_request"  # as an agent says that began late again
    page = await browser.open("/forgot/waiting")
    assert (page.status, page.heading) == (202, WAITING)
    agent.refuse_with = "unknown_result"
    page = await browser.open("/forgot/waiting")
    assert (page.status, page.heading) == (202, WAITING)
    # nor does a new password go anywhere meanwhile
    before = resets_of(portal)
    page = await browser.post("/forgot/password", await form_of(browser))
    assert page.heading == WAITING
    assert resets_of(portal) == before


async def form_of(browser: Browser) -> dict[str, str]:
    page = await browser.open("/forgot/password")
    return page.forms[0].fields | {"new": f"{NEW}-2", "again": f"{NEW}-2"}


async def test_a_dead_agent_is_sent_no_password(
    portal: Running, browser: Browser
) -> None:
    portal.agent.ready["paused"] = True
    page = await browser.send(new=NEW, again=NEW)
    assert page.status == 503
    assert not resets_of(portal)
