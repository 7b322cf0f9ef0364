"""A visit is good for one write, however many requests come at once."""

import asyncio

from portal.database import proofs, visits
from portal.journeys.visit import SeenVisit
from portal.services import BrowserOrigin
from portal.visits.proven import proven
from portal.visits.write import Writing
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered, proved_twice
from wire.secret import Secret

_NEW = "Correct-Horse-42-Staple"
_OTHER = "Another-Horse-43-Staple"


async def _proven(portal: Running, anna: Registered) -> Browser:
    browser = await proved_twice(portal, anna)
    assert browser.page is not None
    assert browser.page.path == "/forgot/password"
    return browser


async def test_two_forms_at_once_are_one_write(
    portal: Running, anna: Registered
) -> None:
    browser = await _proven(portal, anna)
    assert browser.page is not None
    token = browser.page.forms[0].fields["token"]
    agents = portal.portal.services.agents.agents
    agents[0].exchange._keys = None
    twin = portal.browser("198.51.100.9")
    twin.cookies = dict(browser.cookies)
    await asyncio.gather(
        *(
            each.post("/forgot/password", {"token": token, "new": new, "again": new})
            for each, new in ((browser, _NEW), (twin, _OTHER))
        )
    )
    assert [str(each.op) for each in portal.agent.seen].count("reset") == 1


async def test_a_form_whose_body_comes_late_writes_nothing_more(
    portal: Running, anna: Registered
) -> None:
    """It was let in while the visit was open, and is read when it has ended."""
    browser = await _proven(portal, anna)
    assert browser.page is not None
    token = browser.page.forms[0].fields["token"]
    late = portal.browser("198.51.100.9")
    late.cookies = dict(browser.cookies)
    late.held = asyncio.Event()
    fields = {"token": token, "new": _OTHER, "again": _OTHER}
    task = asyncio.create_task(late.post("/forgot/password", fields))
    await late.reading.wait()
    page = await browser.send(new=_NEW, again=_NEW)
    assert page.heading == "Your password is changed"
    late.held.set()
    await task
    assert [str(each.op) for each in portal.agent.seen].count("reset") == 1
    assert portal.agent.people[0].password == _NEW


async def test_what_was_proven_is_counted_again_right_before_the_seal(
    portal: Running, anna: Registered
) -> None:
    """A method that is removed while the form comes proves nothing any more."""
    browser = await _proven(portal, anna)
    assert browser.page is not None
    token = browser.page.forms[0].fields["token"]
    browser.held = asyncio.Event()
    fields = {"token": token, "new": _NEW, "again": _NEW}
    task = asyncio.create_task(browser.post("/forgot/password", fields))
    await browser.reading.wait()
    own = next(each for each in portal.rows("proof") if each["kind"] == "totp")
    with portal.portal.services.database.begin() as connection:
        assert proofs.remove(connection, str(own["person"]), str(own["id"]))
    browser.held.set()
    page = await task
    assert page.path == "/forgot/methods"
    assert "reset" not in [str(each.op) for each in portal.agent.seen]


async def test_no_agent_is_asked_whether_it_can_serve_who_proved_too_little(
    portal: Running, anna: Registered
) -> None:
    """Of a name that nobody has none is asked, and how long one takes would tell."""
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    page = await browser.open("/forgot/recovery")
    token = page.forms[0].fields["token"]
    asked = portal.agent.asked_ready
    page = await browser.post(
        "/forgot/password", {"token": token, "new": _NEW, "again": _NEW}
    )
    assert page.path == "/forgot/methods"
    assert portal.agent.asked_ready == asked


async def test_two_nodes_write_once(portal: Running, anna: Registered) -> None:
    await _proven(portal, anna)
    services = portal.portal.services
    newest = max(portal.rows("journey"), key=lambda row: float(str(row["started"])))
    with services.database.begin() as connection:
        visit = visits.find(connection, str(newest["id"]))
        assert visit is not None
        seen = SeenVisit(visit, proven(services, connection, visit.id, visit.guid))
    origin = BrowserOrigin("198.51.100.9")
    outcomes = await asyncio.gather(
        *(
            Writing(services).set_password(seen, Secret(new), origin)
            for new in (_NEW, _OTHER)
        )
    )
    assert [str(each.op) for each in portal.agent.seen].count("reset") == 1
    assert sorted(type(each).__name__ for each in outcomes) != ["Written", "Written"]


async def test_what_was_refused_may_be_tried_again(
    portal: Running, anna: Registered
) -> None:
    browser = await _proven(portal, anna)
    page = await browser.send(new="short", again="short")
    assert page.status == 422
    page = await browser.send(new=_NEW, again=_NEW)
    assert page.heading == "Your password is changed"
