"""Those who work at the portal, by passkey: the help desk, and who looks after it."""

from lab.controller import Lab, Person
from lab.demo.driver import JourneyFailed
from lab.demo.portal_driver import METHODS, PortalDriver
from lab.demo.proof import lock, signs_in
from lab.portal.people import ADMINISTERS, HELPS

_REASON = "called, #4711"
# what an administrator sees, by the words of its link, which are its heading
_PAGES = ("Overview", "People", "Policy", "Activity", "Messages", "Agents and keys")
_FOUND = "A new method, and a reset within an hour"


def be_helped(
    driver: PortalDriver, lab: Lab, person: Person, mail: str, password: str
) -> None:
    """Have the help desk unlock a person, who reads out the code that was mailed.

    JourneyFailed where the domain does not let them in with their password then.
    """
    lock(lab, person, password)
    staff_signs_in(driver, lab, HELPS)
    driver.press("Help desk", "Whom do you help?", "help-desk")
    driver.type(name=person["upn"], reason=_REASON)
    driver.press("Continue", "Who is calling?", "who-is-calling")
    before = len(driver.portal.messages())
    driver.enter("address-email", mail)
    driver.window.wait_for_words("a code is on its way")
    driver.enter("code-email", driver.sent_code(mail, before))
    driver.window.wait_for_words("The account now")
    driver.see("person")
    driver.press_words(
        "Unlock the account", "The account is unlocked.", "person-unlocked"
    )
    if not signs_in(lab, person, password):
        raise JourneyFailed(f"the domain does not let {person['upn']} in")


def be_reviewed(driver: PortalDriver, lab: Lab, person: Person) -> None:
    """Have an administrator look at every page, and find what a person did.

    JourneyFailed where the review does not tell of their new method and the reset.
    """
    staff_signs_in(driver, lab, ADMINISTERS)
    for page in _PAGES:
        driver.press(page, page, f"staff-{page.lower().replace(' ', '-')}")
    driver.press("Review", "Review", "review")
    shown = driver.window.text()
    if _FOUND not in shown or person["upn"] not in shown:
        raise JourneyFailed(f"the review does not tell of {person['upn']}: {_FOUND}")


def staff_signs_in(driver: PortalDriver, lab: Lab, key: str) -> None:
    """Have somebody who works here register a passkey, and sign in with it."""
    upn = lab.people[key]["upn"]
    driver.window.forget()
    driver.window.add_authenticator()
    driver.sign_in(upn, lab.start_password)
    driver.press("Passkey", "Add a passkey")
    driver.press("Add the passkey", METHODS)
    driver.window.forget_cookies()
    driver.open("/staff/sign-in", "Sign in to help others", f"staff-sign-in-{key}")
    driver.type(name=upn)
    driver.press("Continue", "Use your passkey")
    driver.press("Use your passkey", "Overview", f"staff-{key}")
