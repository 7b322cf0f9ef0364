"""Each page can be read by everybody: no violation of axe-core, none is too wide.

The pictures (light, dark, on a phone, at 200 %) are below `.lab/portal-pictures`.
"""

import asyncio
from dataclasses import replace

from portal.settings import Mail
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.fixtures.portal.staff import HELEN
from tests.fixtures.portal.wizard import WaitingWizard
from tests.integration.portal.conftest import Gallery, sign_in


def test_pages_of_who_forgot(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    portal.agent.people[0].proofs = 2
    browser.add_authenticator()
    for path, heading in (
        ("/", "Your account at Contoso"),
        ("/forgot", "Who are you?"),
        ("/forgot/none", "Not this way"),
        ("/forgot/methods", "This page has ended"),
        ("/change", "Change my password"),
        ("/account/sign-in", "Sign in"),
    ):
        browser.open(path)
        gallery.look(path.replace("/", "-").strip("-") or "start", heading)
    browser.open("/forgot")
    browser.type("name", "nobody@contoso.test")
    browser.press("Continue", "Prove it is you")
    gallery.look("methods", "Prove it is you")
    for way, heading in (
        ("Passkey", "Use your passkey"),
        ("Code from your app", "Code from your app"),
        ("Recovery code", "Recovery code"),
        ("Code by text message", "Code by text message"),
        ("Code by e-mail", "Code by e-mail"),
    ):
        browser.open("/forgot/methods")
        browser.press(way, heading)
        gallery.look(f"prove-{way.lower().replace(' ', '-')}", heading)
    browser.type("address", "anna@example.org")
    browser.press("Send a code", "Enter the code")
    browser.type("code", "12345678")
    browser.button("Continue").click()
    browser.wait_for_words("not right")
    gallery.look("prove-wrong", "Enter the code")


def test_pages_of_who_is_signed_in(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    sign_in(browser)
    gallery.look("account-new", "How you prove who you are")
    for path, heading in (
        ("/account/app", "Add an authenticator app"),
        ("/account/email", "Add an e-mail address"),
        ("/account/passkey", "Add a passkey"),
    ):
        browser.open(path)
        gallery.look(path.strip("/").replace("/", "-"), heading)
    browser.press("Add the passkey", "How you prove who you are")
    browser.open("/account/recovery")
    gallery.look("account-recovery", "Recovery codes")
    browser.button("Make ten codes").click()
    browser.wait_for_words("I kept them")
    gallery.look("account-codes", "Recovery codes")
    browser.press("I kept them", "How you prove who you are")
    gallery.look("account-full", "How you prove who you are")
    browser.open("/account/activity")
    gallery.look("account-activity", "What was done")
    portal.clock.now += 400
    browser.open("/account/prove")
    gallery.look("account-prove", "Prove it is you")


def test_pages_of_a_new_password(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    portal.agent.people[0].locked = True
    browser.open("/forgot")
    browser.type("name", ANNA.upn)
    browser.press("Continue", "Prove it is you")
    browser.open("/forgot/passkey")
    browser.press("Use your passkey", "What do you need?")
    gallery.look("need", "What do you need?")
    browser.press("Set a new password", "New password")
    browser.type("new", "Short-1")
    gallery.look("password", "New password")
    browser.type("again", "Short-1")
    browser.button("Set password").click()
    browser.wait_for_words("too short")
    gallery.look("password-refused", "New password")
    for field in ("new", "again"):
        browser.type(field, "Correct-Horse-42-Staple")
    browser.press("Set password", "Your password is changed")
    gallery.look("done", "Your password is changed")


def test_pages_of_an_administrator(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    portal.agent.people[0].roles = ("administrator",)
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    wizard = WaitingWizard(portal)
    asyncio.run(wizard.ask())
    browser.open(f"/device?user_code={wizard.user_code}")
    browser.wait_for("Sign in to help others")
    browser.type("name", ANNA.upn)
    browser.press("Continue", "Use your passkey")
    browser.press("Use your passkey", "Let this agent in?")
    gallery.look("agent-waiting", "Let this agent in?")
    browser.open("/staff/agent/BBBB-BBBB")
    gallery.look("agent-nobody", "Bring an agent in")
    browser.open(f"/staff/agent/{wizard.user_code}")
    browser.wait_for("Let this agent in?")
    browser.driver.find_element("id", "compared").click()
    browser.press("Let it in", "The agent may come in")
    gallery.look("agent-approved", "The agent may come in")
    browser.open("/staff/materials")
    gallery.look("materials", "For your people")
    browser.open("/staff/materials/contoso/guide/de")
    gallery.look("material-guide", "Ihr Kennwort bei Contoso")


def _with_mail(portal: Running) -> None:
    """Name a mail server, which nothing is sent by here."""
    services = portal.portal.services
    mail = Mail(host="mail.test", sender="no-reply@contoso.test")
    settings = services.settings.model_copy(update={"mail": mail})
    object.__setattr__(services, "settings", settings)


def test_pages_of_the_help_desk(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    """Helen helps Ben, who is locked and never set anything up."""
    people = portal.agent.people
    people.append(replace(HELEN, history=set()))
    people.append(replace(BEN, guid=BEN.guid[:-1] + "9", upn="eve@contoso.test"))
    people[-1].eligible, people[-1].name = True, "Eve Lange"
    people[-1].locked = people[-1].disabled = True
    people[-1].manager = {"name": "Mona Lead", "mail": "mona@contoso.test"}
    _with_mail(portal)
    browser.add_authenticator()
    browser.open("/account/sign-in")
    browser.type("name", HELEN.upn)
    browser.type("password", HELEN.password)
    browser.press("Sign in", "How you prove who you are")
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    browser.open("/staff/sign-in")
    gallery.look("staff-sign-in", "Sign in to help others")
    browser.type("name", HELEN.upn)
    browser.press("Continue", "Use your passkey")
    gallery.look("staff-passkey", "Use your passkey")
    browser.press("Use your passkey", "Overview")
    gallery.look("staff-overview", "Overview")
    browser.press("Help desk", "Whom do you help?")
    gallery.look("staff-help", "Whom do you help?")
    browser.type("name", "eve@contoso.test")
    browser.type("reason", "calls from the warehouse, ticket 4711")
    browser.press("Continue", "Who is calling?")
    gallery.look("staff-caller", "Who is calling?")
    browser.press("I called back, and it is them", "Eve Lange")
    gallery.look("staff-person", "Eve Lange")
    browser.button("Unlock the account").click()
    browser.wait_for_words("The account is unlocked.")
    gallery.look("staff-unlocked", "Eve Lange")
    browser.button("Mail a registration code to the manager").click()
    browser.wait_for_words("is on its way to the manager")
    gallery.look("staff-mailed", "Eve Lange")
    browser.press("Make a registration code", "Registration code")
    gallery.look("staff-code", "Registration code")
    assert people[-1].locked is False
    browser.open("/staff/prove?to=/staff/help")
    gallery.look("staff-prove", "Use your passkey again")
    # and what Eve sees whose account asks for two: a password alone adds nothing
    people[-1].two_proof, people[-1].disabled = True, False
    browser.open("/account/sign-in")
    browser.type("name", people[-1].upn)
    browser.type("password", people[-1].password)
    browser.press("Sign in", "How you prove who you are")
    browser.wait_for_words("its password alone is not enough")
    gallery.look("methods-two-proof", "How you prove who you are")
