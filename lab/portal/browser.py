"""Debian's Chromium on the lab's portal, spoken to by what people see.

It needs neither a resolver nor a trust store: the names are told it, and the hash of
the certificate's key, for this one start in a folder of its own.
"""

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.virtual_authenticator import (
    VirtualAuthenticatorOptions,
)
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from lab.chroot.errors import LabError
from lab.portal.site import Site

PATIENCE_S = 60
_REMEDY = "apt-get install chromium chromium-driver"
_SIZE = "--window-size=1280,900"
_PRESSED = """
addEventListener("click", (event) => sessionStorage.setItem(
  "pressed", performance.timeOrigin + event.timeStamp), {capture: true, once: true});
"""
# from pressing to the first paint of the page that came, milliseconds
_WAITED = """
const [paint] = performance.getEntriesByName("first-contentful-paint");
const pressed = sessionStorage.getItem("pressed");
if (!paint || !pressed) return null;
return performance.timeOrigin + paint.startTime - Number(pressed);
"""
_FORGET = 'sessionStorage.removeItem("pressed")'
# the page that comes has no mark: two pages can have one heading
_MARK = "window.left = true"
_HEADINGS = """
if (window.left || document.readyState !== "complete") return [];
return [...document.querySelectorAll("h1")].map((each) => each.innerText);
"""
_TEXT = "return document.body ? document.body.innerText : ''"


class Window:
    """One window of a browser, spoken to by what people see."""

    def __init__(self, driver: Chrome, base_url: str) -> None:
        self.driver, self._base_url = driver, base_url

    def open(self, path: str) -> None:
        """Open a page of the portal."""
        self.driver.get(f"{self._base_url}{path}")

    @property
    def heading(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "h1").text

    def wait_for(self, heading: str) -> None:
        """Wait for the page of a heading."""
        self._wait(lambda: heading in self._headings(), f"no page {heading!r}")

    def wait_for_words(self, words: str) -> None:
        """Wait until a page shows some words."""
        self._wait(lambda: words in self.text(), f"nothing says {words!r}")

    def _wait(self, seen: Callable[[], bool], missing: str) -> None:
        """Wait; a page that goes away while it is read is read again."""
        wait = WebDriverWait(
            self.driver,
            PATIENCE_S,
            ignored_exceptions=(StaleElementReferenceException,),
        )
        wait.until(lambda _: seen(), missing)

    def _headings(self) -> list[str]:
        return list(self.driver.execute_script(_HEADINGS))

    def button(self, words: str) -> WebElement:
        """Give the button, or link, of some words that is shown; LookupError: none."""
        found = self.driver.find_elements(By.CSS_SELECTOR, "button, a, summary")
        for each in found:
            if words in each.text and each.is_displayed():
                return each
        raise LookupError(f"no button {words!r}")

    def press(self, words: str, heading: str) -> None:
        """Press a button and wait for the page that comes."""
        button = self.button(words)
        self.driver.execute_script(_MARK)
        button.click()
        self.wait_for(heading)

    def press_timed(self, words: str, heading: str) -> float:
        """Press, and give the ms until the page that came was painted."""
        self.driver.execute_script(_PRESSED)
        self.press(words, heading)
        wait = WebDriverWait(self.driver, PATIENCE_S, poll_frequency=0.02)
        waited = wait.until(
            lambda driver: driver.execute_script(_WAITED), "the page is not painted"
        )
        self.driver.execute_script(_FORGET)
        return float(waited)

    def type(self, field: str, text: str) -> None:
        """Type into a field, in place of what stands there."""
        place = self.driver.find_element(By.ID, field)
        place.clear()
        place.send_keys(text)

    def text(self) -> str:
        """Give what is shown."""
        return str(self.driver.execute_script(_TEXT))

    def add_authenticator(self, *, verifies: bool = True) -> None:
        """Plug in an authenticator that keeps passkeys."""
        options = VirtualAuthenticatorOptions(
            transport=VirtualAuthenticatorOptions.Transport.INTERNAL,
            has_resident_key=True,
            has_user_verification=True,
            is_user_verified=verifies,
        )
        self.driver.add_virtual_authenticator(options)

    def forget(self) -> None:
        """Be a browser that was never here, without an authenticator."""
        if self.driver.virtual_authenticator_id is not None:
            self.driver.remove_virtual_authenticator()
        self.forget_cookies()

    def forget_cookies(self) -> None:
        """Be a browser that was never here, with the same authenticator."""
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def picture(self, path: Path) -> None:
        """Save the whole page as it is shown."""
        wanted = {"format": "png", "captureBeyondViewport": True}
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)
        path.write_bytes(base64.b64decode(taken["data"]))


@contextmanager
def headless(site: Site, folder: Path) -> Iterator[Chrome]:
    """Start a browser without a window, and its driver; LabError: not installed."""
    browser, driver = _program("chromium"), _program("chromedriver")
    options = ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", _SIZE, *_arguments(site, folder)):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options, Service(driver))
    chrome.set_page_load_timeout(PATIENCE_S)
    try:
        yield chrome
    finally:
        chrome.quit()


def show(site: Site, folder: Path, pages: Sequence[str]) -> subprocess.Popen[bytes]:
    """Open a browser on the display, with a tab for each page."""
    argv = [_program("chromium"), "--ozone-platform-hint=auto", "--new-window"]
    argv += [*_arguments(site, folder), *pages]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "browser.log").open("ab") as log:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise LabError(f"{name} is missing.", _REMEDY)
    return path


def _arguments(site: Site, folder: Path) -> list[str]:
    return [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--no-default-browser-check",
        # no bar that warns of the two that follow
        "--test-type",
        f"--user-data-dir={folder / 'chromium'}",
        f"--host-resolver-rules={site.resolver_rules}",
        f"--ignore-certificate-errors-spki-list={site.key_hash}",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]
