"""Strangers who send much, or slowly, keep nobody else from their way in."""

import asyncio

import pytest

from portal.services import BrowserOrigin
from portal.visits import lookup
from portal.web import forms
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_ADDRESS = "anna.berg@example.org"


async def test_a_form_that_never_comes_ends(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "BODY_S", 0.05, raising=False)
    browser = portal.browser()
    await browser.open("/forgot")
    browser.held = asyncio.Event()
    async with asyncio.timeout(5):
        page = await browser.send(name=ANNA.upn)
    assert page.status == 408


async def test_an_address_typed_under_other_names_still_gets_its_code(
    portal: Running, anna: Registered
) -> None:
    await anna.browser.open("/account/sign-in")
    await anna.browser.send(name=ANNA.upn, password=ANNA.password)
    await anna.browser.open("/account/prove")
    await anna.browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await anna.browser.open("/account/email")
    await anna.browser.send(address=_ADDRESS)
    await anna.browser.send(code=portal.code_mailed())
    portal.clock.now += 3600
    for number in range(12):
        stranger = portal.browser(f"203.0.113.{number}")
        await stranger.open("/forgot")
        await stranger.send(name=f"nobody{number}@contoso.test")
        await stranger.open("/forgot/email")
        await stranger.send(address=_ADDRESS)
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/email")
    await browser.send(address=_ADDRESS)
    assert [each.to for each in portal.mails() if each.kind == "code"] == [_ADDRESS]


async def test_lookups_that_wait_are_bounded(portal: Running) -> None:
    lookups = lookup.Lookups(portal.portal.services)
    origin = BrowserOrigin("192.0.2.1")
    begun = lookup._MOST_WAITING + 50
    for number in range(begun):
        lookups.begin(f"visit{number}", "reference", "nobody", origin)
    assert len(lookups._tasks) == lookup._MOST_WAITING
    await lookups.close()
