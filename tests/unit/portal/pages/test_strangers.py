"""A stranger shuts nobody out of a browser that they used before."""

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_HOUR_S = 3600


async def _attempt(browser: Browser, code: str) -> tuple[int, str]:
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    page = await browser.send(code=code)
    return page.status, page.path


async def test_a_known_browser_has_tries_of_its_own(
    portal: Running, anna: Registered
) -> None:
    for minute in range(20):
        stranger = portal.browser(f"203.0.113.{minute}")
        await _attempt(stranger, "000000")
        portal.clock.now += _HOUR_S / 20
    status, _ = await _attempt(portal.browser("203.0.113.99"), "000000")
    assert status == 429
    code = anna.code(portal.clock.now)
    assert await _attempt(anna.browser, code) == (200, "/forgot/methods")


async def test_tries_of_a_person_end_whatever_name_is_typed(
    portal: Running, anna: Registered
) -> None:
    """And without a word: that two names are one person is seen by nobody."""
    names = ("anna@contoso.test", "anna", "CONTOSO\\anna", "corp\\anna", "x\\anna")
    for name in names:
        for _ in range(5):
            stranger = portal.browser("203.0.113.1")
            await stranger.open("/forgot")
            await stranger.send(name=name)
            await stranger.open("/forgot/app")
            page = await stranger.send(code="000000")
            assert page.status == 422
    stranger = portal.browser("203.0.113.2")
    await stranger.open("/forgot")
    await stranger.send(name="another\\anna")
    await stranger.open("/forgot/app")
    page = await stranger.send(code=anna.code(portal.clock.now))
    assert (page.status, "4 tries left" in page.text) == (422, True)


async def test_one_address_types_so_many_names(portal: Running) -> None:
    browser = portal.browser("203.0.113.1")
    statuses = set()
    for number in range(125):
        await browser.open("/forgot")
        page = await browser.send(name=f"person{number}@contoso.test")
        statuses.add(page.status)
    assert statuses == {200, 429}
    page = await portal.browser("203.0.113.2").open("/forgot")
    assert page.status == 200


async def test_an_ipv6_line_is_one_address(portal: Running) -> None:
    browser = portal.browser("2001:db8:1:2::1")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    rows = portal.rows("journey")
    assert [row["address"] for row in rows] == ["2001:db8:1:2::"]
