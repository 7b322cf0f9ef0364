"""A person registers a passkey in a browser and resets their password with it."""

from collections.abc import Callable

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import ANNA, Running
from tests.integration.portal.conftest import sign_in

NEW = "Correct-Horse-42-Staple"


def test_a_passkey_resets_a_password(portal: Running, browser: Window) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.press("Passkey", "Add a passkey")
    browser.press("Add the passkey", "How you prove who you are")
    assert "Chrome, Linux" in browser.text()
    browser.driver.delete_all_cookies()
    browser.open("/forgot")
    browser.type("name", ANNA.upn)
    browser.press("Continue", "Prove it is you")
    browser.press("Passkey", "Use your passkey")
    browser.press("Use your passkey", "New password")
    browser.type("new", NEW)
    browser.type("again", NEW)
    browser.press("Set password", "Your password is changed")
    assert portal.agent.people[0].password == NEW
    (used,) = portal.agent.seen[-1].methods
    assert (used.kind, used.uv) == ("passkey", True)
    assert browser.messages() == []


def test_a_passkey_that_is_refused_is_said(portal: Running, browser: Window) -> None:
    browser.add_authenticator(verifies=False)
    sign_in(browser)
    browser.open("/account/passkey")
    browser.button("Add the passkey").click()
    browser.wait_for_words("No passkey was made.")
    assert portal.rows("proof") == []


def test_one_device_has_one_passkey(portal: Running, browser: Window) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    browser.open("/account/passkey")
    browser.button("Add the passkey").click()
    browser.wait_for_words("has a passkey for your account already")
    assert len(portal.rows("proof")) == 1


def test_without_scripts_the_page_says_so(portal: Running, browser: Window) -> None:
    browser.scripts(on=False)
    try:
        browser.open("/forgot")
        browser.type("name", ANNA.upn)
        browser.driver.find_element(By.CSS_SELECTOR, "button.main").click()
        browser.wait_for("Prove it is you")  # else it comes after the next page
        browser.open("/forgot/passkey")
        assert "Passkeys need JavaScript" in browser.text()
        shown = browser.driver.find_elements(By.TAG_NAME, "button")
        assert not [each.text for each in shown if each.is_displayed()]
        browser.open("/account/sign-in")
        shown = browser.driver.find_elements(By.CSS_SELECTOR, "[data-show]")
        assert not [each.text for each in shown if each.is_displayed()]
    finally:
        browser.scripts(on=True)
    assert portal.agent.people[0].password == ANNA.password


def test_the_keyboard_alone_is_enough(portal: Running, browser: Window) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/passkey")
    _press(browser, "Add the passkey")
    browser.wait_for("How you prove who you are")
    browser.driver.delete_all_cookies()
    browser.open("/")
    _press(browser, "I forgot my password")
    browser.wait_for("Who are you?")
    _keys(browser, ANNA.upn, Keys.ENTER)
    browser.wait_for("Prove it is you")
    _press(browser, "Passkey")
    browser.wait_for("Use your passkey")
    _press(browser, "Use your passkey")
    browser.wait_for("New password")
    _tab_to(browser, lambda focused: focused.get_attribute("id") == "new")
    _keys(browser, NEW, Keys.TAB, Keys.TAB, NEW, Keys.ENTER)
    browser.wait_for("Your password is changed")
    assert portal.agent.people[0].password == NEW


def _keys(browser: Window, *keys: str) -> None:
    ActionChains(browser.driver).send_keys(*keys).perform()


def _press(browser: Window, words: str) -> None:
    """Go with Tab to a link or button of these words, and press Enter."""
    _tab_to(browser, lambda focused: words in focused.text)
    _keys(browser, Keys.ENTER)


def _tab_to(browser: Window, found: Callable[[WebElement], bool]) -> None:
    for _ in range(40):
        focused = browser.driver.switch_to.active_element
        if focused.tag_name != "body" and found(focused):
            return
        _keys(browser, Keys.TAB)
    raise AssertionError("the keyboard does not get there")
