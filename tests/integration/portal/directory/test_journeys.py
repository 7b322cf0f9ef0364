"""People at the portal, on a real domain: register, forget, change, unlock."""

import time

import pytest
from ldap3.core.exceptions import LDAPInvalidCredentialsResult

from lab.people import START_PASSWORD
from tests.conftest import ReportLine
from tests.fixtures.agent_stage import CANARY
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.mail import body
from tests.fixtures.portal.visitor import set_password
from tests.integration.agent.test_agent import lock
from tests.integration.portal.directory.conftest import LivePortal

DONE = "Your password is changed"


async def test_who_registered_sets_a_new_password(
    live: LivePortal, report_line: ReportLine
) -> None:
    anna = live.visitor("anna")
    await anna.register(START_PASSWORD)
    browser = await anna.proven()
    assert browser.page is not None
    assert browser.page.path == "/forgot/password", browser.page.text
    assert "at least 10 characters" in browser.page.text
    page = await set_password(browser, "Ab1!short")
    assert (page.status, "This password is too short." in page.text) == (422, True)
    page = await set_password(browser, START_PASSWORD)
    assert (page.status, "You had this password before." in page.text) == (422, True)
    began = time.perf_counter()
    page = await set_password(browser, CANARY)
    ms = (time.perf_counter() - began) * 1000
    assert page.heading == DONE, page.text
    live.lab.sign_in(anna.upn, CANARY)
    (record,) = [each for each in live.records("anna") if each["event"] == 31002]
    assert record["id"] in page.text
    of_agent = record["ms"]["total"]
    report_line(f"from POST to done {ms:.0f} ms, the agent's own {of_agent:.0f} ms")
    # good for one write: it is over
    page = await browser.open("/forgot/password")
    assert page.status == 403
    subjects = [mail["Subject"] for mail in await live.told(anna.mail, "changed")]
    assert any("changed" in subject for subject in subjects), subjects


async def test_who_can_not_change_yet_is_told_before_typing(live: LivePortal) -> None:
    yara = live.visitor("young")
    await yara.register(START_PASSWORD)
    browser = await yara.proven()
    assert browser.page is not None
    assert "It can be changed again from" in browser.page.text, browser.page.text
    assert browser.page.forms == []


async def changed(live: LivePortal, key: str, old: str) -> Answered:
    browser = Browser(live.portal.app)
    await browser.open("/change")
    name = live.lab.people[key]["upn"]
    return await browser.send(name=name, old=old, new=CANARY, again=CANARY)


@pytest.mark.parametrize("key", ["bruno", "must_change", "password_expired"])
async def test_who_knows_the_password_changes_it(live: LivePortal, key: str) -> None:
    page = await changed(live, key, "No-such-1-Passw0rd")
    assert page.status == 422
    page = await changed(live, key, START_PASSWORD)
    assert page.heading == DONE, page.text
    live.lab.sign_in(live.lab.people[key]["upn"], CANARY)


async def test_a_change_is_refused_in_the_directory_s_words(live: LivePortal) -> None:
    page = await changed(live, "young", START_PASSWORD)
    assert "was changed a short time ago" in page.text, page.text


async def test_a_locked_account_is_unlocked(live: LivePortal) -> None:
    ines = live.visitor("ines")
    await ines.register(START_PASSWORD)
    lock(live.lab, "ines")
    with pytest.raises(LDAPInvalidCredentialsResult):
        live.lab.sign_in(ines.upn, START_PASSWORD)
    browser = await ines.proven("/unlock")
    assert browser.page is not None
    assert browser.page.path == "/forgot/need", browser.page.text
    page = await browser.send("/forgot/unlock")
    assert page.heading == "Your account is unlocked", page.text
    live.lab.sign_in(ines.upn, START_PASSWORD)
    mails = await live.told(ines.mail, "unlocked")
    assert any("unlocked" in body(mail) for mail in mails)


async def test_who_is_no_longer_there_proves_nothing(live: LivePortal) -> None:
    browser = Browser(live.portal.app)
    await browser.open("/forgot")
    page = await browser.send(name="nobody@corp.test")
    assert page.path == "/forgot/methods"
    await browser.open("/forgot/app")
    page = await browser.send(code="123456")
    assert page.status == 422
    page = await browser.open("/forgot/password")
    assert page.path == "/forgot/methods"
