"""What the tests see of a page is of the page that came, not of the one before."""

import pytest
from selenium.common.exceptions import (
    StaleElementReferenceException,
    TimeoutException,
)

from lab.portal import browser as lab_browser
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import Running

# a link that leads nowhere, on a page that has the heading already
_LINK = """
const link = Object.assign(document.createElement("a"), {href: "#"});
link.append("Go on");
document.querySelector("h1").after(link);
"""


def test_a_page_of_the_same_heading_is_waited_for(
    portal: Running, browser: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/account/sign-in")
    monkeypatch.setattr(lab_browser, "PATIENCE_S", 1)
    browser.driver.execute_script(_LINK)
    with pytest.raises(TimeoutException, match="no page 'Sign in'"):
        browser.press("Go on", "Sign in")


def test_a_page_that_goes_while_it_is_read_is_read_again(
    portal: Running, browser: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.open("/account/sign-in")
    read = browser.text
    raised: list[int] = []

    def gone_once() -> str:
        if not raised:
            raised.append(1)
            raise StaleElementReferenceException
        return read()

    monkeypatch.setattr(browser, "text", gone_once)
    browser.wait_for_words("Sign in")
    assert raised
