"""Who signs in with their password sets up how they prove who they are."""

import pytest

from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.unit.portal.conftest import Registered


async def _sign_in(portal: Running, address: str = "192.0.2.7") -> Browser:
    browser = portal.browser(address)
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    return browser


async def test_a_wrong_password_and_nobody_look_alike(portal: Running) -> None:
    pages = []
    for name, password in (
        (ANNA.upn, "wrong"),
        (BEN.upn, BEN.password),
        ("nobody@contoso.test", "wrong"),
        ("bad\x00name", "wrong"),
    ):
        browser = portal.browser()
        await browser.open("/account/sign-in")
        pages.append(await browser.send(name=name, password=password))
    assert {page.status for page in pages} == {422}
    assert len({page.body for page in pages}) == 1
    assert portal.rows("session") == []


async def test_who_has_methods_uses_one_before_they_add_another(
    portal: Running, anna: Registered
) -> None:
    browser = await _sign_in(portal)
    for path in ("/account/app", "/account/email", "/account/recovery"):
        page = await browser.open(path)
        assert page.path == "/account/prove", path
    page = await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    assert page.path == "/account"
    page = await browser.open("/account/email")
    assert page.path == "/account/email"
    portal.clock.now += 301
    page = await browser.open("/account/email")
    assert page.path == "/account/prove"


async def test_a_forged_form_adds_nothing_either(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = await _sign_in(portal)
    await browser.open("/account/prove")
    assert browser.page is not None
    token = browser.page.forms[0].fields["token"]
    before = len(portal.rows("proof"))
    for path in ("/account/app", "/account/email", "/account/recovery"):
        page = await browser.post(
            path, {"token": token, "code": "123456", "address": "thief@example.org"}
        )
        assert page.path == "/account/prove", path
    assert len(portal.rows("proof")) == before
    assert [mail for mail in portal.mails() if mail.to == "thief@example.org"] == []


async def test_too_few_are_never_left(portal: Running, anna: Registered) -> None:
    browser = await _sign_in(portal)
    await browser.open("/account/prove")
    page = await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    page = await browser.send("/account/remove")
    assert page.status == 422
    assert "Add another way first" in page.text
    assert len(portal.rows("proof")) == 2


async def test_each_change_is_told_on_every_address(
    portal: Running, anna: Registered
) -> None:
    browser = await _sign_in(portal)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    await browser.send(code=portal.code_mailed())
    told = [(mail.kind, mail.to) for mail in portal.mails()]
    assert told == [("method_added", "anna@example.org")]
    await browser.open("/account/recovery")
    await browser.send()
    told = [(mail.kind, mail.to) for mail in portal.mails()]
    assert ("method_added", "anna@example.org") in told


async def test_one_address_is_one_method(portal: Running, anna: Registered) -> None:
    browser = await _sign_in(portal)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    for address in ("anna@example.org", "ANNA@example.org"):
        portal.clock.now += 31
        await browser.open("/account/email")
        await browser.send(address=address)
        await browser.send(code=portal.code_mailed())
    kinds = [row["kind"] for row in portal.rows("proof")]
    assert sorted(kinds) == ["email", "recovery_code", "totp"]  # type: ignore[type-var]


async def test_signing_out_ends_the_session_at_the_server(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = await _sign_in(portal)
    kept = dict(browser.cookies)
    await browser.send("/account/sign-out")
    browser.cookies = kept
    page = await browser.open("/account")
    assert page.path == "/account/sign-in"


async def test_a_session_ends_after_a_quarter_of_an_hour(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = await _sign_in(portal)
    portal.clock.now += 901
    page = await browser.open("/account")
    assert page.path == "/account/sign-in"


async def test_activity_says_what_was_done(portal: Running, anna: Registered) -> None:
    assert anna.codes
    browser = await _sign_in(portal)
    page = await browser.open("/account/activity")
    assert "Added: Authenticator app" in page.text
    assert "Signed in here" in page.text


async def test_passwords_are_tried_ten_times_an_hour(portal: Running) -> None:
    browser = portal.browser()
    statuses = []
    for _ in range(12):
        await browser.open("/account/sign-in")
        page = await browser.send(name=ANNA.upn, password="wrong")
        statuses.append(page.status)
    assert statuses.count(422) <= 11
    assert statuses[-1] == 429
    tried = [each for each in portal.agent.seen if str(each.op) == "authenticate"]
    assert len(tried) <= 11


async def test_a_new_password_ends_the_sessions_of_the_one_before(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    thief = await _sign_in(portal, "203.0.113.1")
    browser = portal.browser()
    await browser.open("/change")
    new = "Correct-Horse-42-Staple"
    page = await browser.send(name=ANNA.upn, old=ANNA.password, new=new, again=new)
    assert page.heading == "Your password is changed"
    page = await thief.open("/account/activity")
    assert page.path == "/account/sign-in"


@pytest.mark.parametrize("path", ["/account/sign-in", "/change"])
async def test_agents_are_asked_as_often_for_nobody(portal: Running, path: str) -> None:
    """Where they take their time, the tick would tell else."""
    asked = []
    new = "Correct-Horse-42-Staple"
    for name in (ANNA.upn, BEN.upn, "nobody@contoso.test"):
        before = len(portal.agent.seen)
        browser = portal.browser()
        await browser.open(path)
        fields = {"name": name, "password": "wrong"}
        if path == "/change":
            fields = {"name": name, "old": "wrong", "new": new, "again": new}
        await browser.send(**fields)
        asked.append(len(portal.agent.seen) - before)
    assert len(set(asked)) == 1, asked
