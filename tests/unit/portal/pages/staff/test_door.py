"""Every address below /staff is behind the door: who has no role for it sees nothing.

The addresses are taken from the portal's own table, so that a new one is walked too.
"""

import pytest
from starlette.routing import Route

from portal.app import routes_of
from portal.journeys.role import Role
from portal.pages.page import Pages
from portal.pages.staff.door import StaffRoute, own_page
from portal.visits.lookup import Lookups
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import ADA, AUDREY, HELEN, HUGO, signed_in_staff

# before anybody is signed in
_OPEN = {"/staff/sign-in", "/staff/passkey"}
_BY_ROLE = {Role.HELP_DESK: HELEN, Role.AUDITOR: AUDREY, Role.ADMINISTRATOR: ADA}
# they end the session, or are of it alone
_OF_SESSION = {"/staff/sign-out", "/staff/prove"}
_OF_SESSION |= {"/staff/prove/passkey", "/staff/prove/app"}


def _all(portal: Running) -> list[Route]:
    services = portal.portal.services
    routes = routes_of(Pages(services), services, Lookups(services))
    return [route for route in routes if route.path.startswith("/staff")]


def _behind(portal: Running) -> list[StaffRoute]:
    routes = [route for route in _all(portal) if route.path not in _OPEN]
    made = [route for route in routes if isinstance(route, StaffRoute)]
    assert made == routes, "each is made by the door"
    return made


async def _ask(browser: Browser, route: StaffRoute, path: str) -> Answered:
    """Ask for an address with a form that is the person's own."""
    if route.methods == {"POST"}:
        await browser.open("/staff")
        assert browser.page is not None
        forms = browser.page.forms
        token = forms[0].fields.get("token", "") if forms else ""
        body = f"token={token}".encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        headers["sec-fetch-site"] = "same-origin"
        return await browser.raw("POST", path, body, headers)
    return await browser.raw("GET", path, b"", {})


def _path(route: StaffRoute) -> str:
    """Give an address of a route, with an id that nothing has."""
    names = dict.fromkeys(route.param_convertors, "x" * 43)
    return route.url_path_for(route.name, **names) if names else route.path


async def test_nobody_sees_a_page_without_signing_in(portal: Running) -> None:
    account = portal.browser()
    await account.open("/account/sign-in")
    await account.send(name=ANNA.upn, password=ANNA.password)
    begun = portal.browser()
    await begun.open("/staff/sign-in")
    await begun.send(name=HELEN.upn)
    # one that never was here, one signed in for themselves, one that did not prove it
    for browser in (portal.browser(), account, begun):
        for route in _behind(portal):
            page = await _ask(browser, route, _path(route))
            seen = (page.status, page.headers.get("location"))
            assert seen == (303, "/staff/sign-in"), route.path


@pytest.mark.parametrize("role", [*Role])
async def test_each_role_sees_its_own_pages_alone(portal: Running, role: Role) -> None:
    staff = await signed_in_staff(portal, _BY_ROLE[role])
    for route in _behind(portal):
        if route.path in _OF_SESSION:
            continue
        page = await _ask(staff.browser, route, _path(route))
        is_theirs = role in route.roles
        assert (page.status == 403) is not is_theirs, (route.path, page.text)
        assert page.headers.get("location") != "/staff/sign-in", route.path


async def test_a_form_of_another_page_changes_nothing(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    other = await signed_in_staff(portal, HUGO)
    assert other.browser.page is not None
    foreign = other.browser.page.forms[0].fields["token"]
    headers = {"content-type": "application/x-www-form-urlencoded"}
    same = headers | {"sec-fetch-site": "same-origin"}
    cross = headers | {"sec-fetch-site": "cross-site"}
    own = staff.browser.page.forms[0].fields["token"] if staff.browser.page else ""
    for route in _behind(portal):
        if route.methods != {"POST"}:
            continue
        for token, sent in ((foreign, same), ("", same), (own, cross)):
            page = await staff.browser.raw(
                "POST", _path(route), f"token={token}".encode(), sent
            )
            # a call that is none is none, whoever asks
            assert page.status in ({403} if route.acts else {403, 404}), route.path
    page = await staff.browser.open("/staff")
    assert page.path == "/staff/overview"


async def test_a_page_that_only_shows_takes_no_form(portal: Running) -> None:
    posted = {r.path for r in _behind(portal) if r.methods == {"POST"}}
    shown = {r.path for r in _behind(portal) if r.methods != {"POST"}}
    staff = await signed_in_staff(portal, ADA)
    for path in shown - posted:
        if "{" not in path:
            page = await staff.browser.post(path, {})
            assert page.status == 405, path


def test_one_comes_back_to_pages_of_ours_alone() -> None:
    assert own_page("/staff/help/abc-DEF_1") == "/staff/help/abc-DEF_1"
    for other in (
        "https://evil.test/staff",
        "//evil.test",
        "/staff//evil.test",
        "/staff/../account",
        "/staffx",
        "/staff\n",
        "",
    ):
        assert own_page(other) == "/staff"
