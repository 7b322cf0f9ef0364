"""A person registers a telephone in a browser and resets their password with it."""

import json

from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.text_gateway import NUMBER, GatewayThread, code_in
from tests.integration.portal.conftest import Gallery, sign_in

NEW = "Correct-Horse-42-Staple"


def _code(gateway: GatewayThread, count: int) -> str:
    """Read the last of so many messages on the telephone."""
    body = json.loads(gateway.wait_for(count).body)
    assert body["to"] == [NUMBER]
    return code_in(body["content"]["body"])


def test_a_telephone_resets_a_password(
    portal: Running, browser: Window, gateway: GatewayThread, gallery: Gallery
) -> None:
    portal.agent.people[0].proofs = 1
    sign_in(browser)
    browser.press("Text message", "Add a phone number")
    gallery.look("account-phone", "Add a phone number")
    browser.type("address", "0171 3920042")
    browser.press("Send a code", "Add a phone number")
    browser.wait_for_words("No text message can go")
    gallery.look("account-phone-wrong", "Add a phone number")
    browser.type("address", "+49 171 3920042")
    browser.press("Send a code", "Enter the code")
    gallery.look("account-phone-code", "Enter the code")
    browser.type("code", _code(gateway, 1))
    browser.press("Add the number", "How you prove who you are")
    assert "+49 ••• ••42" in browser.text()
    gallery.look("account-with-phone", "How you prove who you are")
    portal.clock.now += 400
    browser.open("/account/prove")
    gallery.look("account-prove-phone", "Prove it is you")
    browser.driver.delete_all_cookies()
    browser.open("/forgot")
    browser.type("name", ANNA.upn)
    browser.press("Continue", "Prove it is you")
    browser.press("Code by text message", "Code by text message")
    browser.type("address", "0049 171 392 00 42")
    browser.press("Send a code", "Enter the code")
    gallery.look("forgot-phone-code", "Enter the code")
    browser.type("code", _code(gateway, 2))
    browser.press("Continue", "New password")
    browser.type("new", NEW)
    browser.type("again", NEW)
    browser.press("Set password", "Your password is changed")
    assert portal.agent.people[0].password == NEW
    (used,) = portal.agent.seen[-1].methods
    assert used.kind == "sms"
