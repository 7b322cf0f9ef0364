"""The help desk on a real domain: its roles and what it does are the directory's."""

import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult

from lab.people import START_PASSWORD
from tests.fixtures.portal.authenticator import Authenticator, options_on
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.mail import body
from tests.integration.agent.test_agent import lock
from tests.integration.portal.directory.conftest import HELPER, LivePortal

REASON = "called, #4711"


async def use_passkey(browser: Browser, device: Authenticator, action: str) -> Answered:
    assert browser.page is not None
    forms = [f.action for f in browser.page.forms if f.action.startswith(action)]
    answer = device.get(options_on(browser.page.text))
    return await browser.send(forms[0], answer=answer)


async def signed_in_helper(live: LivePortal, key: str = HELPER) -> Browser:
    """Have a helper of the lab register a passkey, and sign in with it."""
    device, helper = Authenticator(), live.visitor(key)
    browser = await helper.signed_in(START_PASSWORD)
    page = await browser.open("/account/passkey")
    page = await browser.send(answer=device.create(options_on(page.text)))
    assert page.path == "/account", page.text
    await browser.open("/staff/sign-in")
    page = await browser.send(name=helper.upn)
    assert page.path == "/staff/passkey", page.text
    page = await use_passkey(browser, device, "/staff/passkey")
    assert page.path == "/staff", page.text
    return browser


async def called(live: LivePortal, browser: Browser, key: str) -> Answered:
    await browser.open("/staff/help")
    name = live.lab.people[key]["upn"]
    return await browser.send("/staff/help", name=name, reason=REASON)


async def called_back(browser: Browser, page: Answered) -> Answered:
    forms = [each for each in page.forms if each.fields.get("kind") == "call_back"]
    return await browser.post(f"{page.path}/check", forms[0].fields)


async def test_a_helper_unlocks_a_caller_who_is_known(live: LivePortal) -> None:
    jonas = live.visitor("jonas")
    await jonas.register(START_PASSWORD)
    lock(live.lab, "jonas")
    with pytest.raises(LDAPInvalidCredentialsResult):
        live.lab.sign_in(jonas.upn, START_PASSWORD)
    browser = await signed_in_helper(live)
    page = await called(live, browser, "jonas")
    assert page.heading == "Who is calling?", page.text
    assert "Jonas" not in page.text
    call = page.path
    own = f"{call}/prove/email"
    before = len(jonas.mailbox.to(jonas.mail))
    await browser.send(own, address=jonas.mail)
    code = await jonas.mailbox.code(jonas.mail, before)
    page = await browser.send(f"{own}/code", code=code)
    assert "<strong>Locked</strong>" in page.text, page.text
    page = await browser.send(f"{call}/unlock")
    assert "The account is unlocked." in page.text, page.text
    assert "Not locked" in page.text
    live.lab.sign_in(jonas.upn, START_PASSWORD)
    record = next(
        each
        for each in live.records("jonas")
        if each["op"] == "unlock" and each["code"] == "ok"
    )
    assert record["origin"]["actor"] == live.lab.people[HELPER]["objectGUID"]
    assert record["origin"]["reason"] == REASON
    mails = await live.told(jonas.mail, "help desk did something")
    assert any(record["id"] in body(mail) for mail in mails)


async def test_what_the_agent_says_of_who_never_registered(live: LivePortal) -> None:
    browser = await signed_in_helper(live)
    page = await called(live, browser, "disabled")
    assert page.heading == "Who is calling?", page.text
    assert "isabled" not in page.text.replace(live.lab.people["disabled"]["upn"], "")
    page = await called_back(browser, page)
    assert "<strong>Disabled</strong>" in page.text, page.text
    assert "The account is disabled." in page.text
    assert "They set up 0 of the 2" in page.text


async def test_the_agent_keeps_a_helper_from_their_own_account(
    live: LivePortal,
) -> None:
    browser = await signed_in_helper(live)
    page = await called(live, browser, HELPER)
    assert (page.status, "actor is the person" in page.text) == (422, True)


async def test_who_has_no_role_in_the_directory_has_none_here(live: LivePortal) -> None:
    katia = live.visitor("katia")
    device = Authenticator()
    browser = await katia.signed_in(START_PASSWORD)
    page = await browser.open("/account/passkey")
    await browser.send(answer=device.create(options_on(page.text)))
    await browser.open("/staff/sign-in")
    await browser.send(name=katia.upn)
    page = await use_passkey(browser, device, "/staff/passkey")
    assert page.status == 422
    assert (await browser.open("/staff/help")).path == "/staff/sign-in"


async def test_a_registration_code_lets_a_caller_register(live: LivePortal) -> None:
    browser = await signed_in_helper(live)
    page = await called_back(browser, await called(live, browser, "lukas"))
    call = page.path
    page = await browser.send(f"{call}/code")
    assert page.heading == "Registration code", page.text
    code = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    own, device = Browser(live.portal.app), Authenticator()
    await own.open("/account/sign-in/code")
    page = await own.send(name=live.lab.people["lukas"]["upn"], code=code)
    assert page.path == "/account", page.text
    page = await own.open("/account/passkey")
    page = await own.send(answer=device.create(options_on(page.text)))
    assert page.path == "/account", page.text
    assert "You have what you need" in page.text
