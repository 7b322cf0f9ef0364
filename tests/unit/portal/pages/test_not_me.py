"""Who says "this wasn't me" has self-service off at once; no stranger can say it."""

import re

import pytest
from sqlalchemy import Connection

from portal.database import people
from portal.services import BrowserOrigin
from portal.visits.blocking import Blocking
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

NEW = "Correct-Horse-42-Staple"
CODE = re.compile(r"\b[A-Z2-7]{5}-[A-Z2-7]{5}\b")


async def _with_mail(portal: Running, anna: Registered) -> Browser:
    """Have Anna add an address; give the browser in which she is signed in."""
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    await browser.send(code=portal.code_mailed())
    return browser


def _not_me_code(portal: Running) -> str:
    found = [CODE.search(each.text) for each in portal.mails()]
    return next(each.group() for each in reversed(found) if each is not None)


async def _prove_all(portal: Running, anna: Registered, browser: Browser) -> None:
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    await browser.send(code=anna.code(portal.clock.now))
    await browser.open("/forgot/recovery")
    await browser.send(code=anna.codes.pop())


async def _block(portal: Running, anna: Registered) -> Browser:
    signed_in = await _with_mail(portal, anna)
    browser = portal.browser("198.51.100.20")
    await browser.open("/not-me")
    page = await browser.send(code=_not_me_code(portal))
    assert page.heading == "It is switched off for your account", page.text
    return signed_in


async def test_the_code_of_a_mail_switches_everything_off(
    portal: Running, anna: Registered
) -> None:
    signed_in = await _block(portal, anna)
    assert (await signed_in.open("/account")).path == "/account/sign-in"
    page = await signed_in.send(name=ANNA.upn, password=ANNA.password)
    assert page.status == 422
    portal.clock.now += 60
    forgot = portal.browser("198.51.100.21")
    await _prove_all(portal, anna, forgot)
    assert (await forgot.open("/forgot/password")).path == "/forgot/methods"
    await forgot.open("/change")
    page = await forgot.send(name=ANNA.upn, old=ANNA.password, new=NEW, again=NEW)
    assert page.status == 422
    assert portal.agent.people[0].password == ANNA.password
    codes = [(row["kind"], row["code"]) for row in portal.rows("event")]
    assert {("sign_in_refused", "blocked"), ("looked_up", "blocked")} <= {*codes}


async def test_it_is_in_the_audit_and_the_person_is_told_what_comes(
    portal: Running, anna: Registered
) -> None:
    await _block(portal, anna)
    (event,) = [row for row in portal.rows("event") if row["kind"] == "blocked"]
    assert (event["person"], event["detail"]) == (ANNA.guid, {"by": "mail"})
    (mail,) = [each for each in portal.mails() if each.kind == "blocked"]
    assert mail.to == "anna@example.org"
    assert "Call +49 5555 now" in mail.text
    assert str(event["reference"]) in mail.text
    assert not CODE.search(mail.text)


async def test_no_mail_of_what_was_done_has_a_link_but_the_portal(
    portal: Running, anna: Registered
) -> None:
    await _with_mail(portal, anna)
    base = portal.portal.services.settings.base_url
    for mail in portal.mails():
        assert {*re.findall(r"https?://[^\s\"<,]+", mail.text + mail.html)} <= {base}
        assert "href" not in mail.html


async def test_who_proved_enough_before_writes_nothing_after(
    portal: Running, anna: Registered
) -> None:
    thief = portal.browser("198.51.100.9")
    signed_in = await _with_mail(portal, anna)
    portal.clock.now += 60
    await _prove_all(portal, anna, thief)
    page = await thief.open("/forgot/password")
    assert page.heading == "New password"
    await signed_in.open("/account/not-me")
    page = await signed_in.send()
    assert page.heading == "It is switched off for your account"
    assert thief.page is not None
    page = await thief.send(new=NEW, again=NEW)
    assert page.path == "/forgot/methods"
    assert portal.agent.people[0].password == ANNA.password


async def test_a_visit_that_is_claimed_and_given_back_writes_nothing(
    portal: Running, anna: Registered
) -> None:
    """It was not made nobody's, as somebody wrote for it: the claim itself refuses."""
    thief = portal.browser("198.51.100.9")
    await _prove_all(portal, anna, thief)
    await thief.open("/forgot/password")
    services = portal.portal.services
    with services.database.begin() as connection:
        people.block(connection, ANNA.guid, int(portal.clock.now))
    page = await thief.send(new=NEW, again=NEW)
    assert page.heading != "Your password is changed"
    assert portal.agent.people[0].password == ANNA.password
    assert "password_reset" not in [row["kind"] for row in portal.rows("event")]


async def test_a_visit_before_any_proof_looks_on_as_it_did(
    portal: Running, anna: Registered
) -> None:
    stranger = portal.browser("198.51.100.9")
    await stranger.open("/forgot")
    await stranger.send(name=ANNA.upn)
    before = await stranger.open("/forgot/app")
    await _block(portal, anna)
    after = await stranger.open("/forgot/app")
    assert (before.status, before.body) == (after.status, after.body)


@pytest.mark.parametrize("code", ["", "AAAAA-AAAAA", "\u202e\x00", "x" * 5000])
async def test_a_wrong_code_says_nothing_and_blocks_nobody(
    portal: Running, anna: Registered, code: str
) -> None:
    assert anna.codes
    browser = portal.browser()
    await browser.open("/not-me")
    page = await browser.send(code=code)
    assert page.status == 422
    assert [row["blocked"] for row in portal.rows("person")] == [None]


async def test_codes_are_tried_ten_times_an_hour(
    portal: Running, anna: Registered
) -> None:
    await _with_mail(portal, anna)
    code = _not_me_code(portal)
    browser = portal.browser("198.51.100.30")
    for _ in range(10):
        await browser.open("/not-me")
        assert (await browser.send(code="AAAAA-AAAAA")).status == 422
    await browser.open("/not-me")
    assert (await browser.send(code=code)).status == 429
    assert [row["blocked"] for row in portal.rows("person")] == [None]


async def test_a_code_is_good_for_two_weeks_and_twice_does_nothing_more(
    portal: Running, anna: Registered
) -> None:
    await _with_mail(portal, anna)
    code = _not_me_code(portal).lower().replace("-", " ")
    late = portal.clock.now + 14 * 86_400
    for now, status in ((late - 1, 200), (late - 1, 200), (late, 422)):
        portal.clock.now = now
        browser = portal.browser("198.51.100.31")
        await browser.open("/not-me")
        assert (await browser.send(code=code)).status == status
    kinds = [row["kind"] for row in portal.rows("event")]
    assert kinds.count("blocked") == 1


async def test_once_the_help_desk_clears_it_old_codes_block_no_more(
    portal: Running, anna: Registered
) -> None:
    await _with_mail(portal, anna)
    code = _not_me_code(portal)
    services, origin = portal.portal.services, BrowserOrigin("192.0.2.1")
    blocking = Blocking(services)
    await blocking.by_code(code, origin)

    def clear(connection: Connection) -> None:
        blocking.clear(connection, ANNA.guid, origin, reference="case", actor="helper")

    await services.database.run(clear)
    assert [row["blocked"] for row in portal.rows("person")] == [None]
    await blocking.by_code(code, origin)
    assert [row["blocked"] for row in portal.rows("person")] == [None]
    assert "unblocked" in [mail.kind for mail in portal.mails()]


async def test_the_code_is_in_no_table(portal: Running, anna: Registered) -> None:
    await _with_mail(portal, anna)
    code = _not_me_code(portal)
    held = "".join(
        str(portal.rows(name)) for name in ("not_me_code", "outbox", "event")
    )
    assert code not in held
    assert code.replace("-", "") not in held


async def test_people_are_told_where_an_agent_says_so(
    portal: Running, anna: Registered
) -> None:
    await _with_mail(portal, anna)
    code = _not_me_code(portal)
    portal.agent.ready["self_service"]["notify"] = {"person": False}
    await portal.portal.services.agents.look()
    browser = portal.browser()
    await browser.open("/change")
    page = await browser.send(name=ANNA.upn, old=ANNA.password, new=NEW, again=NEW)
    assert page.heading == "Your password is changed"
    assert portal.mails() == []
    # that self-service is off is told whatever is said
    await browser.open("/not-me")
    await browser.send(code=code)
    assert [mail.kind for mail in portal.mails()] == ["blocked"]
