"""What people do is in the audit, with the agent's own reference where it did it."""

from collections.abc import Mapping
from typing import Any

import pyotp
import pytest

from portal.database.schema import PERSON
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, BEN, Running

NEW = "Correct-Horse-42-Staple"


def _events(portal: Running, kind: str) -> list[Mapping[str, Any]]:
    return [each for each in portal.rows("event") if each["kind"] == kind]


def _one(portal: Running, kind: str) -> Mapping[str, Any]:
    (event,) = _events(portal, kind)
    return event


async def _sign_in(portal: Running) -> Browser:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert page.path == "/account"
    return browser


async def _add_app(portal: Running, browser: Browser) -> None:
    page = await browser.open("/account/app")
    secret = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    code = pyotp.TOTP(secret.replace(" ", "")).at(portal.clock.now)
    page = await browser.send(code=code)
    assert page.path == "/account", page.text


async def _change(portal: Running, **typed: str) -> int:
    browser = portal.browser()
    await browser.open("/change")
    whole = {"name": ANNA.upn, "old": ANNA.password, "new": NEW, "again": NEW}
    return (await browser.send(**(whole | typed))).status


async def test_a_change_is_recorded_with_the_agents_reference(portal: Running) -> None:
    assert await _change(portal) == 200
    event = _one(portal, "password_changed")
    assert (event["person"], event["code"]) == (ANNA.guid, "ok")
    assert event["reference"] == portal.agent.answered[-1]["id"]
    origin = portal.agent.seen[-1].origin
    assert origin is not None
    assert event["detail"] == {"visit": origin.journey}


async def test_a_changed_password_is_told_by_mail(portal: Running) -> None:
    browser = await _sign_in(portal)
    await _add_app(portal, browser)
    await browser.open("/account/email")
    await browser.send(address="anna@home.test")
    code = portal.code_mailed()
    await browser.send("/account/email/code", code=code)
    portal.mails()
    assert await _change(portal) == 200
    (mail,) = portal.mails()
    assert (mail.kind, mail.to) == ("change", "anna@home.test")
    assert _one(portal, "password_changed")["reference"] in mail.text


@pytest.mark.parametrize(
    ("typed", "code"),
    [({"old": "wrong"}, "wrong_password"), ({"new": "x", "again": "x"}, "too_short")],
)
async def test_a_refused_change_is_recorded(
    portal: Running, typed: dict[str, str], code: str
) -> None:
    assert await _change(portal, **typed) == 422
    assert _one(portal, "password_changed")["code"] == code


async def test_a_refused_sign_in_is_recorded_without_its_name(portal: Running) -> None:
    for name, password in ((ANNA.upn, "wrong"), ("nobody@contoso.test", "wrong")):
        browser = portal.browser()
        await browser.open("/account/sign-in")
        await browser.send(name=name, password=password)
    anna, nobody = _events(portal, "sign_in_refused")
    assert (anna["person"], anna["code"]) == (ANNA.guid, "wrong_password")
    assert (nobody["person"], nobody["code"]) == (None, "user_not_found")
    assert anna["detail"]["name"] != nobody["detail"]["name"]
    assert "contoso" not in str(portal.rows("event"))


async def test_signing_in_and_out_is_recorded(portal: Running) -> None:
    browser = await _sign_in(portal)
    await browser.send("/account/sign-out")
    signed_in, signed_out = _one(portal, "signed_in"), _one(portal, "signed_out")
    assert signed_in["reference"] == signed_out["reference"]
    assert signed_out["person"] == ANNA.guid


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nobody@contoso.test", "user_not_found"),
        (BEN.upn, "not_eligible"),
        (ANNA.upn, "not_registered"),
    ],
)
async def test_the_audit_says_why_a_visit_comes_to_nothing(
    portal: Running, name: str, code: str
) -> None:
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=name)
    await browser.open("/forgot/app")
    await browser.send(code="123456")
    looked_up = _one(portal, "looked_up")
    assert looked_up["code"] == code
    assert looked_up["reference"] == _one(portal, "visit_begun")["reference"]
    assert _one(portal, "method_refused")["person"] is None


async def test_who_is_blocked_is_recorded_as_such(portal: Running) -> None:
    browser = await _sign_in(portal)
    await _add_app(portal, browser)
    with portal.portal.services.database.begin() as connection:
        connection.execute(PERSON.update().values(registered=1, blocked=1))
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code="123456")
    looked_up = _one(portal, "looked_up")
    assert (looked_up["person"], looked_up["code"]) == (ANNA.guid, "blocked")


async def test_a_flood_leaves_one_event_of_its_limit(portal: Running) -> None:
    browser = portal.browser()
    for _ in range(25):
        await browser.open("/account/sign-in")
        await browser.send(name=ANNA.upn, password="wrong")
    assert len(_events(portal, "sign_in_refused")) == 10
    limit = _one(portal, "limit_reached")
    assert limit["detail"] == {"limit": "directory passwords of a browser"}


async def test_no_password_and_no_code_is_in_the_audit(portal: Running) -> None:
    browser = await _sign_in(portal)
    await _add_app(portal, browser)
    await _change(portal)
    left = str(portal.rows("event"))
    assert not [each for each in (ANNA.password, NEW) if each in left]
