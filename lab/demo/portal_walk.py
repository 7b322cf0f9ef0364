"""The portal's half of the unattended journey: in a browser, on the real domain.

Register, forget, be refused twice, reset, sign in to the domain, change, unlock, be
helped by the help desk; then what an administrator sees of all that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.controller import Lab, Person
from lab.demo.driver import JourneyFailed
from lab.demo.portal_driver import METHODS, AuthenticatorApp, PortalDriver
from lab.demo.portal_staff import be_helped, be_reviewed
from lab.demo.proof import lock, signs_in
from lab.portal.browser import Window, headless
from lab.portal.lab_portal import ORGANIZATION, LabPortal
from lab.portal.people import CHANGES, FORGETS

NEW, CHANGED = "Walked-Home-7f3a-Passw0rd!", "Walked-On-7f3a-Passw0rd!"
_SHORT = "Ab1!short"
START = f"Your account at {ORGANIZATION}"
PROVE, PASSWORD = "Prove it is you", "New password"
DONE, UNLOCKED = "Your password is changed", "Your account is unlocked"
_MAIL, _NUMBER = "david.at.home@example.com", "+49 1512 3456789"


@dataclass
class Walked:
    """What was seen; `ms` is from pressing the button to the page that says done."""

    ms: float = 0.0
    pictures: list[Path] = field(default_factory=list)


def walk(
    lab: Lab, portal: LabPortal, pictures: Path, say: Callable[[str], None], to: Walked
) -> None:
    """Go the whole way; JourneyFailed says which step was not done.

    `to` is filled in as far as it came.
    """
    site = portal.site
    with (
        TemporaryDirectory(prefix="writeback-browser-") as folder,
        headless(site, Path(folder)) as chrome,
    ):
        driver = PortalDriver(Window(chrome, site.base_url), portal, pictures, say)
        to.pictures = driver.pictures
        _Walk(lab, driver, to).all()


class _Walk:
    """One walk by one person who forgets, and another who changes."""

    def __init__(self, lab: Lab, driver: PortalDriver, to: Walked) -> None:
        self._lab, self._driver, self._window = lab, driver, driver.window
        self._walked = to
        self._person = lab.people[FORGETS]

    def all(self) -> None:
        """Take each step."""
        steps: dict[str, Callable[[], None]] = {
            "register": self._register,
            "forgot": self._forget,
            "refusals": self._be_refused,
            "reset": self._reset,
            "sign-in to the domain": lambda: self._signs_in(self._person, NEW),
            "change": self._change,
            "unlock": self._unlock,
            "help desk": lambda: be_helped(
                self._driver, self._lab, self._person, _MAIL, NEW
            ),
            "review": lambda: be_reviewed(self._driver, self._lab, self._person),
        }
        for name, act in steps.items():
            with self._driver.step(name):
                act()

    def _register(self) -> None:
        driver = self._driver
        self._window.add_authenticator()
        driver.open("/", START, "start")
        driver.press("How I prove who I am", "Sign in", "sign-in")
        driver.type(name=self._person["upn"], password=self._lab.start_password)
        driver.press("Sign in", METHODS, "account-new")
        driver.press("Passkey", "Add a passkey", "add-passkey")
        driver.press("Add the passkey", METHODS)
        driver.press("Authenticator app", "Add an authenticator app", "add-app")
        self._app = AuthenticatorApp(driver.app_secret())
        driver.type(code=self._app.code())
        driver.press("Add the app", METHODS)
        driver.press("E-mail", "Add an e-mail address", "add-email")
        before = len(driver.portal.messages())
        driver.type(address=_MAIL)
        driver.press("Send a code", "Enter the code", "add-email-code")
        code = driver.sent_code(_MAIL, before)
        driver.look_at_inbox("inbox-code")
        driver.type(code=code)
        driver.press("Add the address", METHODS)
        driver.press("Text message", "Add a phone number", "add-phone")
        before = len(driver.portal.messages())
        driver.type(address=_NUMBER)
        driver.press("Send a code", "Enter the code", "add-phone-code")
        driver.type(code=driver.sent_code(_NUMBER.replace(" ", ""), before))
        driver.press("Add the number", METHODS, "account-registered")
        driver.press("Sign out", START)

    def _forget(self) -> None:
        driver = self._driver
        driver.open("/", START, "start-again")
        driver.press("I forgot my password", "Who are you?", "forgot")
        driver.type(name=self._person["upn"])
        driver.press("Continue", PROVE, "prove-1")
        driver.press("Code by e-mail", "Code by e-mail", "prove-email")
        before = len(driver.portal.messages())
        driver.type(address=_MAIL)
        driver.press("Send a code", "Enter the code", "prove-email-code")
        driver.type(code=driver.sent_code(_MAIL, before))
        driver.press("Continue", f"{PROVE} (2 of 2)", "prove-2")
        driver.press("Code from your app", "Code from your app", "prove-app")
        driver.type(code=self._app.code())
        driver.press("Continue", PASSWORD, "new-password")

    def _be_refused(self) -> None:
        driver = self._driver
        driver.type(new=_SHORT, again=_SHORT)
        driver.press_words("Set password", "This password is too short.", "too-short")
        old = self._lab.start_password
        driver.type(new=old, again=old)
        driver.press_words(
            "Set password", "You had this password before.", "in-history"
        )

    def _reset(self) -> None:
        self._driver.type(new=NEW, again=NEW)
        self._walked.ms = round(self._window.press_timed("Set password", DONE), 1)
        self._driver.see("done")
        self._driver.told(_MAIL, "changed")
        self._driver.look_at_inbox("inbox-changed")

    def _signs_in(self, person: Person, password: str) -> None:
        if not signs_in(self._lab, person, password):
            raise JourneyFailed(f"the domain does not let {person['upn']} in")

    def _change(self) -> None:
        driver, person = self._driver, self._lab.people[CHANGES]
        self._window.open("/")
        driver.press("Change my password", "Change my password", "change")
        old = self._lab.start_password
        driver.type(name=person["upn"], old=old, new=CHANGED, again=CHANGED)
        driver.press("Change password", DONE, "change-done")
        self._signs_in(person, CHANGED)

    def _unlock(self) -> None:
        driver, person = self._driver, self._person
        lock(self._lab, person, NEW)
        self._window.open("/")
        driver.press("My account is locked", "Who are you?", "unlock")
        driver.type(name=person["upn"])
        driver.press("Continue", PROVE)
        driver.press("Passkey", "Use your passkey", "prove-passkey")
        driver.press("Use your passkey", "What do you need?", "need")
        driver.press("Only unlock", UNLOCKED, "unlocked")
        self._signs_in(person, NEW)
