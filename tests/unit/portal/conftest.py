"""A portal for the tests of it, and somebody who registered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running, running


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as run:
        yield run


@dataclass
class Registered:
    """Anna, with what she proves who she is by."""

    browser: Browser
    secret: str
    codes: list[str]

    def code(self, now: float) -> str:
        """Give what her app shows."""
        return pyotp.TOTP(self.secret).at(int(now))


@pytest.fixture
async def anna(portal: Running) -> Registered:
    return await registered(portal)


async def registered(portal: Running) -> Registered:
    """Have Anna set up an app and recovery codes."""
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    page = await browser.open("/account/app")
    secret = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    secret = secret.replace(" ", "")
    await browser.send(code=pyotp.TOTP(secret).at(int(portal.clock.now)))
    await browser.open("/account/recovery")
    page = await browser.send()
    codes = [each.split("<")[0] for each in page.text.split('<bdi dir="ltr">')[1:]]
    portal.clock.now += 600
    return Registered(browser, secret, codes)


async def proved_twice(portal: Running, anna: Registered) -> Browser:
    """Give a browser of another place, in which Anna proved both of what she has."""
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes[0])
    return browser
