"""What administrators and auditors see can be read by everybody, full of what it shows.

The pictures are below `.lab/portal-pictures`, beside those of the other pages.
"""

from sqlalchemy import insert

from portal.audit.event import Event, EventKind
from portal.database.events import Events
from portal.database.schema import PERSON
from tests.fixtures.portal.agent import AgentPerson
from tests.fixtures.portal.chromium import Window
from tests.fixtures.portal.running import Running
from tests.fixtures.portal.staff import ADA
from tests.integration.portal.conftest import Gallery

_HOUR, _DAY = 3600, 86_400
_CODES = ("ok", "ok", "ok", "ok", "too_short", "in_history", "ok", "not_enough_proofs")


def _fill(portal: Running) -> None:
    """Let sixty people be there, and a day of resets lie behind them."""
    now = int(portal.clock.now)
    rows = [
        {
            "guid": f"00000000-0000-4000-8000-0000000001{number:02}",
            "domain": "contoso",
            "name": f"Person of a rather long name, number {number:02}",
            "upn": f"person.of.a.long.name.{number:02}@contoso.test",
            "language": "en",
            "epoch": 0,
            "registered": None if number % 3 else now - number * _DAY,
            "blocked": None if number % 7 else now,
            "name_key": f"person of a rather long name, number {number:02}",
            "upn_key": f"person.of.a.long.name.{number:02}@contoso.test",
        }
        for number in range(60)
    ]
    services = portal.portal.services
    with services.database.begin() as connection:
        connection.execute(insert(PERSON), rows)
        for number in range(80):
            person = str(rows[number % 60]["guid"])
            _reset(
                services.events, connection, now - 80 * 60 + number * 60, person, number
            )


def _reset(
    trail: Events, connection: object, at: int, person: str, number: int
) -> None:
    event = Event(
        EventKind.PASSWORD_RESET,
        at,
        f"audit-{number}",
        person,
        None,
        _CODES[number % len(_CODES)],
        {"ms": 300 + number},
        f"198.51.100.{number}",
        "a browser",
    )
    trail.append(connection, event)  # type: ignore[arg-type]


def _stage(portal: Running) -> None:
    """Let what asks for a look have happened."""
    now, thief = int(portal.clock.now), "203.0.113.66"
    person = "00000000-0000-4000-8000-000000000107"
    added, reset = EventKind.METHOD_ADDED, EventKind.PASSWORD_RESET
    services = portal.portal.services
    with services.database.begin() as connection:
        for event in (
            Event(added, now - 900, "v", person, None, "", {"method": "totp"}, thief),
            Event(reset, now - 300, "a", person, None, "ok", {"ms": 400}, thief),
        ):
            services.events.append(connection, event)
        for number in range(12):
            name = {"name": f"name {number}"}
            begun = EventKind.VISIT_BEGUN
            event = Event(begun, now - 200 + number, "v", None, None, "", name, thief)
            services.events.append(connection, event)


def _sign_in(portal: Running, browser: Window) -> None:
    """Have an administrator register a passkey, and sign in with it."""
    portal.agent.people.append(AgentPerson(**{**vars(ADA), "history": set()}))
    browser.open("/account/sign-in")
    browser.type("name", ADA.upn)
    browser.type("password", ADA.password)
    browser.press("Sign in", "How you prove who you are")
    browser.open("/account/passkey")
    browser.press("Add the passkey", "How you prove who you are")
    browser.open("/staff/sign-in")
    browser.type("name", ADA.upn)
    browser.press("Continue", "Use your passkey")
    browser.press("Use your passkey", "Overview")


def test_pages_of_administration(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.add_authenticator()
    _sign_in(portal, browser)
    browser.open("/staff/review")
    gallery.look("administration-review-nothing", "Review")
    _fill(portal)
    _stage(portal)
    for path, heading in (
        ("/staff/overview", "Overview"),
        ("/staff/people", "People"),
        ("/staff/people/roster", "Who has not registered yet"),
        ("/staff/people/register-again?state=blocked", "Must register again"),
        ("/staff/policy", "Policy"),
        ("/staff/activity", "Activity"),
        ("/staff/activity?code=too_short", "Activity"),
        ("/staff/review?days=1", "Review"),
        ("/staff/messages", "Messages"),
        ("/staff/agents", "Agents and keys"),
    ):
        browser.open(path)
        name = path.removeprefix("/staff/").partition("?")[0].replace("/", "-")
        kept = "-code" if "code=" in path else ""
        gallery.look(f"administration-{name}{kept}", heading)
    browser.open("/staff/messages")
    browser.type("number", "12")
    browser.button("Send a test text message").click()
    browser.wait_for_words("No text message can go to this number")
    gallery.look("administration-messages-number", "Messages")
    browser.type("number", "+49 171 3920042")
    browser.button("Send a test text message").click()
    browser.wait_for_words("The gateway took a test message")
    gallery.look("administration-messages-tested", "Messages")
    portal.clock.now += 400
    browser.open("/staff/people")
    browser.press("Remind by mail", "Use your passkey again")
    browser.press("Use your passkey", "People")
    browser.button("Remind by mail").click()
    browser.wait_for_words("have no e-mail address here")


def test_pages_of_who_says_that_it_was_not_them(
    portal: Running, browser: Window, gallery: Gallery
) -> None:
    browser.open("/not-me")
    gallery.look("not-me", "This wasn't me")
    browser.type("code", "AAAAA-AAAAA")
    browser.button("Switch it off").click()
    browser.wait_for_words("not right")
    gallery.look("not-me-wrong", "This wasn't me")
    browser.open("/account/sign-in")
    browser.type("name", portal.agent.people[0].upn)
    browser.type("password", portal.agent.people[0].password)
    browser.press("Sign in", "How you prove who you are")
    browser.open("/account/not-me")
    gallery.look("not-me-signed-in", "This wasn't me")
    browser.press("Switch it off", "It is switched off for your account")
    gallery.look("blocked", "It is switched off for your account")
