"""Who forgot their password sets a new one, after they proved who they are."""

import pytest

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.unit.portal.conftest import Registered

NEW = "Correct-Horse-42-Staple"


async def _prove_two(portal: Running, anna: Registered, browser: Browser) -> None:
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes[0].lower().replace("-", " "))


async def test_a_password_is_reset_by_app_and_recovery_code(
    portal: Running, anna: Registered
) -> None:
    browser = portal.browser("198.51.100.9")
    await _prove_two(portal, anna, browser)
    assert browser.page is not None
    assert browser.page.path == "/forgot/password", browser.page.text
    assert "at least 12 characters" in browser.page.text
    page = await browser.send(new="short", again="short")
    assert (page.status, "too short" in page.text) == (422, True)
    page = await browser.send(new=NEW, again=NEW)
    assert page.heading == "Your password is changed"
    assert portal.agent.people[0].password == NEW


async def test_the_agent_hears_what_was_proven(
    portal: Running, anna: Registered
) -> None:
    browser = portal.browser("198.51.100.9")
    await _prove_two(portal, anna, browser)
    await browser.send(new=NEW, again=NEW)
    reset = portal.agent.seen[-1]
    assert reset.user is not None
    assert (str(reset.op), reset.user.by) == ("reset", "objectGUID")
    kinds = {str(each.kind) for each in reset.methods}
    assert kinds == {"totp", "recovery_code"}
    assert reset.origin is not None
    assert reset.origin.address == "198.51.100.9"


async def test_a_visit_is_good_for_one_write(portal: Running, anna: Registered) -> None:
    browser = portal.browser("198.51.100.9")
    await _prove_two(portal, anna, browser)
    kept = dict(browser.cookies)
    await browser.send(new=NEW, again=NEW)
    browser.cookies = kept
    page = await browser.open("/forgot/password")
    assert (page.status, page.heading) == (403, "This page has ended")


@pytest.mark.parametrize("name", [ANNA.upn, BEN.upn, "nobody@contoso.test", "x"])
async def test_every_name_goes_on_alike(
    portal: Running, anna: Registered, name: str
) -> None:
    assert anna.codes
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    page = await browser.send(name=name)
    assert (page.status, page.path) == (200, "/forgot/methods")
    await browser.open("/forgot/app")
    lefts = []
    for _ in range(6):
        page = await browser.send(code="000000")
        lefts.append(page.status)
        if page.status == 429:
            break
        await browser.open("/forgot/app")
    assert lefts == [422, 422, 422, 422, 422, 429]


async def test_a_code_by_mail_is_a_proof(portal: Running, anna: Registered) -> None:
    await anna.browser.open("/account/sign-in")
    await anna.browser.send(name=ANNA.upn, password=ANNA.password)
    await anna.browser.open("/account/prove")
    await anna.browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await anna.browser.open("/account/email")
    page = await anna.browser.send(address="Anna.Berg@example.org")
    assert page.heading == "Enter the code"
    page = await anna.browser.send(code=portal.code_mailed())
    assert page.path == "/account", page.text
    portal.clock.now += 600
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/email")
    await browser.send(address="anna.berg@EXAMPLE.org")
    page = await browser.send(code=portal.code_mailed())
    assert page.heading == "Prove it is you (2 of 2)"
    assert "/forgot/email" not in page.text


async def test_no_code_goes_to_an_address_that_is_not_theirs(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    portal.mails()
    browser = portal.browser("198.51.100.9")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/email")
    page = await browser.send(address="thief@example.org")
    assert page.heading == "Enter the code"
    assert portal.mails() == []


async def test_an_app_code_is_good_once(portal: Running, anna: Registered) -> None:
    code = anna.code(portal.clock.now)
    for expected in ("/forgot/methods", "/forgot/app"):
        browser = portal.browser("198.51.100.9")
        await browser.open("/forgot")
        await browser.send(name=ANNA.upn)
        await browser.open("/forgot/app")
        page = await browser.send(code=code)
        assert page.path == expected
