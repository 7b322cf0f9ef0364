"""Tries run out: by no cookie, and by nothing that is proven halfway."""

import pyotp

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_DEVICE = "__Host-browser"


async def _begin(browser: Browser) -> None:
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)


async def _wrong_app_code(browser: Browser) -> int:
    await browser.open("/forgot/app")
    page = await browser.send(code="abcdef")
    return page.status


async def test_another_browser_cookie_gives_no_new_tries(
    portal: Running, anna: Registered
) -> None:
    """A visit of a known browser has the tries of that one, whoever it says it is."""
    browser = anna.browser
    await _begin(browser)
    statuses = []
    for number in range(12):
        browser.cookies[_DEVICE] = f"another-{number}"
        statuses.append(await _wrong_app_code(browser))
    assert statuses == [422] * 10 + [429] * 2


async def test_one_method_gives_no_new_tries_for_the_other(
    portal: Running, anna: Registered
) -> None:
    """Who has somebody's app does not try recovery codes without end."""
    statuses = []
    for _ in range(3):
        browser = portal.browser("203.0.113.5")
        await _begin(browser)
        await browser.open("/forgot/app")
        page = await browser.send(code=anna.code(portal.clock.now))
        statuses.append(page.status)
        for _ in range(3):
            await browser.open("/forgot/recovery")
            page = await browser.send(code="AAAA-AAAA-AAAA-AAAA")
            statuses.append(page.status)
        portal.clock.now += 30
    assert statuses[:4] == [200, 422, 422, 422]
    assert statuses.count(422) == 5
    assert statuses[-1] == 429


async def test_enough_that_is_proven_gives_all_tries_back(
    portal: Running, anna: Registered
) -> None:
    for each in (0, 1):
        browser = portal.browser("203.0.113.5")
        await _begin(browser)
        for _ in range(3):
            assert await _wrong_app_code(browser) == 422
        await browser.open("/forgot/app")
        code = pyotp.TOTP(anna.secret).at(int(portal.clock.now))
        page = await browser.send(code=code)
        assert page.path == "/forgot/methods"
        await browser.open("/forgot/recovery")
        page = await browser.send(code=anna.codes[each])
        assert page.path == "/forgot/password", page.text
        portal.clock.now += 60
