"""Who forgot their password sets a new one, after they proved who they are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running, running

NEW = "Correct-Horse-42-Staple"


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as run:
        yield run


async def _register(portal: Running) -> tuple[Browser, str, list[str]]:
    """Have Anna set up an app and recovery codes; give the app's secret and them."""
    browser = portal.browser()
    await browser.open("/account")
    assert browser.page is not None
    assert browser.page.path == "/account/sign-in"
    await browser.send(name=ANNA.upn, password=ANNA.password)
    assert browser.page.path == "/account", browser.page.text
    page = await browser.open("/account/app")
    secret = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    secret = secret.replace(" ", "")
    page = await browser.send(code=pyotp.TOTP(secret).at(portal.clock.now))
    assert page.path == "/account", page.text
    await browser.open("/account/recovery")
    page = await browser.send()
    codes = [each.split("<")[0] for each in page.text.split('<bdi dir="ltr">')[1:]]
    assert len(codes) == 10
    return browser, secret, codes


async def test_a_password_is_reset_by_app_and_recovery_code(portal: Running) -> None:
    _, secret, codes = await _register(portal)
    portal.clock.now += 600
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    page = await browser.send(name="ANNA@contoso.test")
    assert page.path == "/forgot/methods"
    await browser.open("/forgot/app")
    page = await browser.send(code=pyotp.TOTP(secret).at(portal.clock.now))
    assert (page.path, page.heading) == ("/forgot/methods", "Prove it is you (2 of 2)")
    await browser.open("/forgot/recovery")
    page = await browser.send(code=codes[0].lower())
    assert page.path == "/forgot/password", page.text
    assert "at least 12 characters" in page.text
    page = await browser.send(new="short", again="short")
    assert page.status == 422
    assert "too short" in page.text
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "Your password is changed", page.text
    assert portal.agent.people[0].password == NEW
