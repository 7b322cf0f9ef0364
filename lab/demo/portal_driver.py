"""Goes through the portal's pages in a browser, with a picture of each.

What fails is told with its step, a picture and the words of the page.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from lab.chroot.errors import LabError
from lab.demo.driver import JourneyFailed
from lab.portal.browser import PATIENCE_S, Window
from lab.portal.lab_portal import LabPortal

METHODS = "How you prove who you are"
_POLL_S, _STEP_S, _MOST_WORDS = 0.1, 30, 600
_CODE = re.compile(r"\b\d{6}(?:\d{2})?\b")  # of text messages and of mails


class PortalDriver:
    """One browser on the lab's portal.

    Args:
        window: the browser's window.
        portal: the portal, and the inbox that codes are read from.
        folder: where the pictures go; numbered in the order they are taken.
        say: told each step.

    """

    def __init__(
        self,
        window: Window,
        portal: LabPortal,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self.window, self.portal = window, portal
        self.pictures: list[Path] = []
        self._folder, self._say = folder, say

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Do a step; JourneyFailed says which one, and what was on the page."""
        try:
            yield
        except (WebDriverException, LabError, LookupError, OSError) as error:
            why = str(getattr(error, "msg", None) or error).partition("\n")[0]
            raise self._failed(name, why) from None
        except JourneyFailed as error:
            raise self._failed(name, str(error)) from None
        self._say(f"Portal, {name}: done")

    def see(self, name: str) -> None:
        """Save the page as it is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{len(self.pictures) + 1:02}-{name}.png"
        self.window.picture(path)
        self.pictures.append(path)

    def open(self, path: str, heading: str, picture: str) -> None:
        """Open a page and look at it."""
        self.window.open(path)
        self.window.wait_for(heading)
        self.see(picture)

    def press(self, words: str, heading: str, picture: str = "") -> None:
        """Press a button, wait for the page of a heading, and look at it."""
        self.window.press(words, heading)
        if picture:
            self.see(picture)

    def press_words(self, button: str, words: str, picture: str) -> None:
        """Press a button and wait for words that must come, such as a refusal's."""
        self.window.button(button).click()
        self.window.wait_for_words(words)
        self.see(picture)

    def type(self, **fields: str) -> None:
        """Type into fields, in place of what they hold."""
        for field, text in fields.items():
            self.window.driver.find_element(By.ID, field).clear()
            self.window.type(field, text)

    def enter(self, field: str, text: str) -> None:
        """Type into a field, and send its form with the key Enter."""
        self.window.type(field, f"{text}{Keys.ENTER}")

    def sign_in(self, upn: str, password: str) -> None:
        """Sign in to set up verification methods."""
        self.window.open("/account/sign-in")
        self.window.wait_for("Sign in")
        self.type(name=upn, password=password)
        self.press("Sign in", METHODS)

    def app_secret(self) -> str:
        """Read the key that the page shows for an authenticator app."""
        shown = self.window.driver.find_element(By.CSS_SELECTOR, ".key").text
        return shown.replace(" ", "")

    def sent_code(self, address: str, before: int) -> str:
        """Wait for a code that was sent to an address, after so many messages."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for each in self.portal.messages()[before:]:
                found = _CODE.search(each["words"])
                if each["to"] == address and found:
                    return found.group()
            time.sleep(_POLL_S)
        raise JourneyFailed(f"no code came for {address}")

    def told(self, address: str, words: str) -> None:
        """Wait until an address was sent a message whose subject has some words."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if any(
                each["to"] == address and words in each["subject"]
                for each in self.portal.messages()
            ):
                return
            time.sleep(_POLL_S)
        raise JourneyFailed(f"{address} was not told: {words}")

    def look_at_inbox(self, picture: str) -> None:
        """Look at the inbox, in a tab of its own."""
        chrome = self.window.driver
        here = chrome.current_window_handle
        chrome.switch_to.new_window("tab")
        chrome.get(self.portal.inbox_url)
        self.see(picture)
        chrome.close()
        chrome.switch_to.window(here)

    def _failed(self, step: str, why: str) -> JourneyFailed:
        with contextlib.suppress(WebDriverException, OSError):
            self.see(f"failed-{step.replace(' ', '-')}")
        words = ""
        with contextlib.suppress(WebDriverException):
            words = " / ".join(self.window.text().split("\n"))[:_MOST_WORDS]
        picture = self.pictures[-1] if self.pictures else "none"
        return JourneyFailed(
            f"Portal, {step}: {why}. Picture: {picture}. The page says: {words}"
        )


class AuthenticatorApp:
    """An app with the key that a page showed; each of its codes is given once."""

    def __init__(self, secret: str) -> None:
        self._app, self._last = pyotp.TOTP(secret), 0

    def code(self) -> str:
        """Give the code of now, or the next one where that was given already."""
        self._last = max(int(time.time()) // _STEP_S, self._last + 1)
        return self._app.at(self._last * _STEP_S)
