"""Of an unlock and a new password one is sent, and no page says that the other was."""

import asyncio

import pytest

from portal.agents.relay_http import NoAnswer, RelayReply
from portal.database import visits
from portal.journeys.visit import SeenVisit
from portal.services import BrowserOrigin
from portal.visits.proven import proven
from portal.visits.write import WriteRefused, Writing
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import Running
from tests.unit.portal.conftest import Registered, proved_twice
from wire.operation import Operation
from wire.secret import Secret

NEW = "Correct-Horse-42-Staple"
CHANGED, UNLOCKED = "Your password is changed", "Your account is unlocked"
WAITING = "We are finding out"


@pytest.fixture
async def browser(portal: Running, anna: Registered) -> Browser:
    """A browser of who is locked out, on the page that asks what is wanted."""
    portal.agent.people[0].locked = True
    made = await proved_twice(portal, anna)
    assert made.page is not None
    assert made.page.path == "/forgot/need"
    return made


def writes_of(portal: Running) -> list[Operation]:
    """What the agent was asked to write, each token once."""
    writes = (Operation.RESET, Operation.UNLOCK)
    sent = {each.jti: each.op for each in portal.agent.seen if each.op in writes}
    return list(sent.values())


async def lose_the_answer(
    portal: Running, monkeypatch: pytest.MonkeyPatch, unlock: Browser
) -> Answered:
    """Unlock where the agent does it and its answer does not arrive."""
    posted = portal.agent.post

    async def lost(name: str, token: bytes, seconds: float) -> RelayReply:
        await posted(name, token, seconds)
        raise NoAnswer("lost")

    monkeypatch.setattr(portal.agent, "post", lost)
    page = await unlock.post("/forgot/unlock", token_of(unlock))
    monkeypatch.setattr(portal.agent, "post", posted)
    return page


def token_of(browser: Browser) -> dict[str, str]:
    assert browser.page is not None
    return {"token": browser.page.forms[0].fields["token"]}


def new_password(browser: Browser) -> dict[str, str]:
    return token_of(browser) | {"new": NEW, "again": NEW}


async def test_an_unlock_whose_answer_was_lost_is_no_new_password(
    portal: Running, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await lose_the_answer(portal, monkeypatch, browser)
    assert (page.status, page.heading) == (202, WAITING)
    assert "your account may be unlocked already" in page.text
    assert "new password" not in page.text
    page = await browser.open("/forgot/waiting")
    assert page.heading == UNLOCKED
    assert writes_of(portal) == [Operation.UNLOCK]
    kinds = {"account_unlocked", "password_reset"}
    done = [each["kind"] for each in portal.rows("event") if each["kind"] in kinds]
    assert done == ["account_unlocked"]


async def test_the_page_that_waits_is_told_once_it_is_known(
    portal: Running, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And settles nothing by it: the page itself says what became of it."""
    await lose_the_answer(portal, monkeypatch, browser)
    with monkeypatch.context() as away:
        away.setattr(portal.agent, "silent", True)
        answered = await browser.raw("GET", "/forgot/waiting/known", b"", {})
        assert (answered.status, answered.text) == (202, "")
    portal.agent.refuse_with = "unknown_result"
    answered = await browser.raw("GET", "/forgot/waiting/known", b"", {})
    assert answered.status == 202
    portal.agent.refuse_with = None
    for _ in range(2):
        answered = await browser.raw("GET", "/forgot/waiting/known", b"", {})
        assert (answered.status, answered.text) == (204, "")
    assert not [e for e in portal.rows("event") if e["kind"] == "account_unlocked"]
    assert (await browser.open("/forgot/waiting")).heading == UNLOCKED
    assert writes_of(portal) == [Operation.UNLOCK]


async def test_a_password_typed_after_it_is_told_of_the_unlock(
    portal: Running, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = new_password(browser)
    await lose_the_answer(portal, monkeypatch, browser)
    page = await browser.post("/forgot/password", form)
    assert page.heading == UNLOCKED
    assert writes_of(portal) == [Operation.UNLOCK]


async def test_two_tabs_at_once_are_both_told_what_was_done(
    portal: Running, browser: Browser
) -> None:
    form = new_password(browser)
    twin = portal.browser(browser.address)
    twin.cookies, twin.page = dict(browser.cookies), browser.page
    pages = await asyncio.gather(
        browser.post("/forgot/unlock", token_of(browser)),
        twin.post("/forgot/password", form),
    )
    (sent,) = writes_of(portal)
    done = UNLOCKED if sent is Operation.UNLOCK else CHANGED
    assert [page.heading for page in pages] == [done, done]


async def test_a_refused_unlock_is_no_refused_password(
    portal: Running, browser: Browser
) -> None:
    assert browser.page is not None
    portal.agent.refuse_with = "permission_denied"
    services = portal.portal.services
    newest = max(portal.rows("journey"), key=lambda row: float(str(row["started"])))
    with services.database.begin() as connection:
        visit = visits.find(connection, str(newest["id"]))
        assert visit is not None
        seen = SeenVisit(visit, proven(services, connection, visit.id, visit.guid))
    writing, origin = Writing(services), BrowserOrigin("198.51.100.9")
    outcomes = await asyncio.gather(
        writing.unlock(seen, origin), writing.set_password(seen, Secret(NEW), origin)
    )
    assert writes_of(portal) == [Operation.UNLOCK]
    assert {each.operation for each in outcomes if isinstance(each, WriteRefused)} == {
        Operation.UNLOCK
    }


async def test_where_another_node_writes_the_page_names_no_operation(
    portal: Running, browser: Browser
) -> None:
    """Which one it sent is in that node alone."""
    page = await browser.open("/forgot/waiting")
    assert page.heading == WAITING
    assert "so it may be done already" in page.text
    assert "new password" not in page.text
