"""Pages that few people see, and those of an organization's own look, by everybody.

The pictures are below `.lab/portal-pictures`, beside those of the other pages.
"""

import itertools
import threading
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from starlette.exceptions import HTTPException

from portal.agents.relay_http import NoAnswer, RelayReply
from portal.journeys.visit import Visit
from portal.services import BrowserOrigin
from portal.visits.write import NotKnown, Outcome, Writing
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.picture import png
from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.fixtures.portal.served import Place, served
from tests.fixtures.portal.staff import HELEN, HUGO
from tests.integration.portal.conftest import Gallery, sign_in


async def _lost(_name: str, _token: bytes, _seconds: float) -> RelayReply:
    raise NoAnswer("lost")


def test_the_page_of_what_is_not_known_yet(
    portal: Running,
    browser: Window,
    gallery: Gallery,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on by itself once the agent answers, and stays as it is until then."""
    _up_to_the_choice(portal, browser)
    with monkeypatch.context() as away:
        away.setattr(portal.agent, "post", _lost)
        browser.press("Only unlock", "We are finding out")
        gallery.look("waiting-unlock", "We are finding out")
    browser.wait_for("Your account is unlocked")
    gallery.look("done-unlock", "Your account is unlocked")


def test_the_page_that_waits_bears_a_node_that_goes(
    portal: Running, browser: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a proxy says in its place is no reason to leave for that proxy's page."""
    asked, asked_twice = [], threading.Event()

    async def gone(*_: object) -> NoReturn:
        asked.append(1)
        if len(asked) > 1:
            asked_twice.set()
        raise HTTPException((502, 429)[len(asked) % 2])

    _up_to_the_choice(portal, browser)
    with monkeypatch.context() as away:
        away.setattr(portal.agent, "post", _lost)
        away.setattr(Writing, "is_known", gone)
        away.setattr(Writing, "outcome", gone)
        browser.press("Only unlock", "We are finding out")
        assert asked_twice.wait(30), asked
        browser.wait_for("We are finding out")
    browser.wait_for("Your account is unlocked")


def test_the_page_that_waits_goes_on_where_nodes_take_turns(
    portal: Running, browser: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One node alone knows of it, and each second request comes to another."""
    turns = itertools.cycle((True, False))
    known, outcome = Writing.is_known, Writing.outcome

    async def known_here(own: Writing, visit: Visit) -> bool:
        return next(turns) and await known(own, visit)

    async def outcome_here(
        own: Writing, visit: Visit, origin: BrowserOrigin
    ) -> Outcome:
        return await outcome(own, visit, origin) if next(turns) else NotKnown(None)

    _up_to_the_choice(portal, browser)
    with monkeypatch.context() as away:
        away.setattr(portal.agent, "post", _lost)
        browser.press("Only unlock", "We are finding out")
    monkeypatch.setattr(Writing, "is_known", known_here)
    monkeypatch.setattr(Writing, "outcome", outcome_here)
    browser.wait_for("Your account is unlocked")


def _up_to_the_choice(portal: Running, browser: Window) -> None:
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


def test_pages_of_who_set_up_fewer_than_are_asked_for(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/recovery")
    browser.button("Make ten codes").click()
    browser.wait_for_words("I kept them")
    browser.press("I kept them", "How you prove who you are")
    gallery.look("account-one-of-two", "How you prove who you are")
    anna, networks = portal.agent.people[0], ["203.0.113.0/24"]
    anna.registration = {"allowed_from": "networks", "networks": networks}
    sign_in(browser)
    browser.wait_for_words("Another way can be added in your")
    gallery.look("account-one-of-two-elsewhere", "How you prove who you are")
    anna.two_proof = True
    sign_in(browser)
    browser.wait_for_words("You have 1 and need 2")
    gallery.look("account-one-of-two-code", "How you prove who you are")


def test_the_page_of_who_registered_with_an_agent_that_was_replaced(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    sign_in(browser)
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    portal.agent.people[0].two_proof = True
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("UPDATE proof SET receipt = 'of a former key'")
    sign_in(browser)
    browser.open("/account/prove")
    browser.press("Use your passkey", "How you prove who you are")
    browser.press("Yes, all of these are still mine", "You need a registration code")
    gallery.look("account-former", "You need a registration code")


def _staff(browser: Window, upn: str, password: str) -> None:
    """Have somebody who helps register a passkey, and sign in with it."""
    browser.open("/account/sign-in")
    browser.type("name", upn)
    browser.type("password", password)
    browser.press("Sign in", "How you prove who you are")
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    browser.open("/staff/sign-in")
    browser.type("name", upn)
    browser.press("Continue", "Use your passkey")
    browser.press("Use your passkey", "Overview")


def test_pages_of_two_helpers(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    """Helen helps Eve, whose account needs two helpers; Hugo is the second."""
    people = portal.agent.people
    people += [replace(each, history=set()) for each in (HELEN, HUGO)]
    people.append(replace(BEN, guid=BEN.guid[:-1] + "9", upn="eve@contoso.test"))
    eve = people[-1]
    eve.eligible, eve.two_proof, eve.name = True, True, "Eve Lange"
    browser.add_authenticator()
    _staff(browser, HELEN.upn, HELEN.password)
    browser.press("Help desk", "Whom do you help?")
    browser.type("name", eve.upn)
    browser.type("reason", "new phone, ticket 4712")
    browser.press("Continue", "Who is calling?")
    browser.press("I called back, and it is them", "Eve Lange")
    gallery.look("staff-two-helpers", "Eve Lange")
    browser.button("Ask a second helper").click()
    browser.wait_for_words("second helper's turn")
    gallery.look("staff-two-helpers-asked", "Eve Lange")
    browser.forget()
    browser.add_authenticator()
    _staff(browser, HUGO.upn, HUGO.password)
    browser.press("Help desk", "Whom do you help?")
    gallery.look("staff-second-helper", "Whom do you help?")
    browser.button("Confirm").click()
    browser.wait_for_words("You confirmed it")
    gallery.look("staff-second-confirmed", "Whom do you help?")


def test_pages_in_the_organizations_look(
    place: Place, browser: Window, gallery: Gallery, tmp_path: Path
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png(480, 120))
    brand = {"logo": str(file), "alt": "Contoso", "accent": "#0a5c36"}
    (tmp_path / "branded").mkdir()
    with served(place, tmp_path / "branded", brand=brand):
        browser.forget()
        browser.open("/")
        gallery.look("brand-start", "Your account at Contoso")
        sign_in(browser)
        gallery.look("brand-account", "How you prove who you are")
        browser.open("/account/sign-in")
        gallery.look("brand-sign-in", "Sign in")
