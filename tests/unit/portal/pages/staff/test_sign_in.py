"""Those who work here sign in with a passkey, and are who the agent says they are."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.database import people
from tests.fixtures.portal.authenticator import Authenticator, options_on
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import (
    ADA,
    HELEN,
    HUGO,
    Staff,
    registered_staff,
    signed_in_staff,
)

SIGN_IN = "/staff/sign-in"


def _events(portal: Running, kind: str) -> list[Mapping[str, Any]]:
    return [each for each in portal.rows("event") if each["kind"] == kind]


def _reads(portal: Running) -> int:
    """Count how often the agent was asked who Helen is now."""
    asked = [each for each in portal.agent.seen if each.user is not None]
    return sum(
        each.user is not None and each.user.value == HELEN.guid for each in asked
    )


async def test_who_has_a_role_signs_in_and_out(portal: Running) -> None:
    helen = await signed_in_staff(portal, HELEN)
    page = helen.browser.page
    assert page is not None
    assert "Helen Desk" in page.text
    assert "Help desk" in page.text
    (event,) = _events(portal, "staff_signed_in")
    assert (event["person"], event["detail"]["roles"]) == (HELEN.guid, ["help_desk"])
    before = dict(helen.browser.cookies)
    page = await helen.browser.send("/staff/sign-out")
    assert page.path == SIGN_IN
    assert len(_events(portal, "staff_signed_out")) == 1
    helen.browser.cookies = before
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_the_cookie_before_signing_in_is_not_the_one_after(
    portal: Running,
) -> None:
    helen = await registered_staff(portal, HELEN)
    await helen.browser.open(SIGN_IN)
    page = await helen.browser.send(name=HELEN.upn)
    before = dict(helen.browser.cookies)
    await helen.browser.send(answer=helen.device.get(options_on(page.text)))
    after = helen.browser.cookies["__Host-staff"]
    assert before["__Host-staff"] != after
    thief = portal.browser()
    thief.cookies = before
    assert (await thief.open("/staff")).path == SIGN_IN
    assert (await thief.open("/staff/passkey")).path == SIGN_IN


async def test_who_has_no_role_gets_no_further(portal: Running) -> None:
    """A registered person, one without a passkey, nobody: all are told the same."""
    anna = await registered_staff(portal, ANNA)
    await registered_staff(portal, HELEN)
    seen = set()
    for name in (ANNA.upn, "nobody@contoso.test", HELEN.upn):
        browser = portal.browser("198.51.100.4")
        await browser.open(SIGN_IN)
        page = await browser.send(name=name)
        page = await browser.send(answer=anna.device.get(options_on(page.text)))
        seen.add((page.status, page.path, page.heading, len(page.body)))
        assert "it is another passkey, or nothing here is for you" in page.text
    assert len(seen) == 1
    assert not _events(portal, "staff_signed_in")


async def test_a_passkey_without_its_user_is_refused(portal: Running) -> None:
    helen = await registered_staff(portal, HELEN)
    helen.device.user_verified = False
    assert (await helen.sign_in()).status == 422


async def test_one_s_own_account_is_no_session_here(portal: Running) -> None:
    helen = await registered_staff(portal, HELEN)
    cookies = helen.browser.cookies
    cookies["__Host-staff"] = cookies["__Host-session"]
    assert (await helen.browser.open("/staff")).path == SIGN_IN
    helen = await signed_in_staff(portal, HUGO)
    cookies = helen.browser.cookies
    cookies["__Host-session"] = cookies["__Host-visit"] = cookies["__Host-staff"]
    assert (await helen.browser.open("/account")).path == "/account/sign-in"
    assert (await helen.browser.open("/forgot/password")).status == 403


async def test_a_session_ends_without_use_and_after_eight_hours(
    portal: Running,
) -> None:
    helen = await signed_in_staff(portal, HELEN)
    for _ in range(47):
        portal.clock.now += 590
        assert (await helen.browser.open("/staff")).path == "/staff"
    portal.clock.now += 8 * 3600 - 47 * 590
    assert (await helen.browser.open("/staff")).path == SIGN_IN
    await helen.sign_in()
    portal.clock.now += 620
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_a_session_ends_with_a_new_epoch_and_with_its_passkey(
    portal: Running,
) -> None:
    helen = await signed_in_staff(portal, HELEN)
    with portal.portal.services.database.begin() as connection:
        people.block(connection, HELEN.guid, 1)
        people.block(connection, HELEN.guid, None)
    assert (await helen.browser.open("/staff")).path == SIGN_IN
    assert (await helen.sign_in()).path == "/staff"
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("delete from proof")
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_a_session_of_who_is_blocked_is_none(portal: Running) -> None:
    helen = await registered_staff(portal, HELEN)
    with portal.portal.services.database.begin() as connection:
        people.block(connection, HELEN.guid, 1)
    assert (await helen.sign_in()).status == 422


async def test_who_writes_the_database_signs_nobody_in(portal: Running) -> None:
    """A session that is made somebody else's has no passkey of theirs."""
    helen = await signed_in_staff(portal, HELEN)
    await registered_staff(portal, ADA)
    proof = next(p["id"] for p in portal.rows("proof") if p["person"] == ADA.guid)
    with portal.portal.services.database.begin() as connection:
        for statement in (
            "update session set person = ? where roles like '%help%'",
            "update journey set person = ? where purpose = 'staff'",
        ):
            connection.exec_driver_sql(statement, (ADA.guid,))
        connection.exec_driver_sql("update taken set proof = ?", (proof,))
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_the_roles_are_asked_of_the_agent_again(portal: Running) -> None:
    helen = await signed_in_staff(portal, HELEN)
    asked = _reads(portal)
    portal.clock.now += 60
    await helen.browser.open("/staff")
    assert _reads(portal) == asked
    portal.clock.now += 61
    await helen.browser.open("/staff")
    assert _reads(portal) == asked + 1
    helen.person.roles = ("auditor",)
    portal.clock.now += 121
    page = await helen.browser.open("/staff")
    assert page.path == "/staff/overview"
    assert "Help desk" not in page.text


@pytest.mark.parametrize("gone", ["roles", "disabled", "person", "unknown role"])
async def test_a_role_that_is_withdrawn_ends_the_session(
    portal: Running, gone: str
) -> None:
    helen = await signed_in_staff(portal, HELEN)
    if gone == "disabled":
        helen.person.disabled = True
    elif gone == "person":
        portal.agent.people.remove(helen.person)
    else:
        helen.person.roles = () if gone == "roles" else ("root", "Administrator")
    portal.clock.now += 121
    assert (await helen.browser.open("/staff")).path == SIGN_IN
    (event,) = _events(portal, "staff_refused")
    assert (event["person"], event["code"]) == (HELEN.guid, "no_role")
    # it is over, also where the role comes back
    helen.person.roles, helen.person.disabled = HELEN.roles, False
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_where_no_agent_answers_nobody_may_do_anything(portal: Running) -> None:
    helen = await signed_in_staff(portal, HELEN)
    portal.clock.now += 121
    portal.agent.silent = True
    page = await helen.browser.open("/staff")
    assert (page.status, page.heading) == (503, "Not possible right now")
    portal.agent.silent = False
    await portal.portal.services.agents.look()
    assert (await helen.browser.open("/staff")).path == "/staff"
    portal.agent.silent = True
    page = await helen.browser.send("/staff/sign-out")
    assert page.path == SIGN_IN


async def test_where_no_agent_answers_nobody_signs_in(portal: Running) -> None:
    helen = await registered_staff(portal, HELEN)
    await helen.browser.open(SIGN_IN)
    page = await helen.browser.send(name=HELEN.upn)
    options = options_on(page.text)
    # until the agent said who that is, the next page waits for it
    await helen.browser.send(answer="{}")
    portal.agent.silent = True
    page = await helen.browser.send(answer=helen.device.get(options))
    assert page.status == 422  # its challenge was used up
    answer = helen.device.get(options_on(page.text))
    page = await helen.browser.send(answer=answer)
    assert page.status == 503
    assert _events(portal, "staff_refused")[0]["code"] == "no_agent"
    assert not _events(portal, "staff_signed_in")


async def test_another_person_s_roles_are_not_taken(portal: Running) -> None:
    """An agent that answers with somebody else's record gives nothing."""
    helen = await signed_in_staff(portal, HELEN)
    portal.agent.people.remove(helen.person)
    ada = type(ADA)(**{**vars(ADA), "history": set()})
    portal.agent.people.append(ada)
    portal.agent.mistaken = ada
    portal.clock.now += 121
    assert (await helen.browser.open("/staff")).path == SIGN_IN


async def test_tries_run_out(portal: Running) -> None:
    helen = await registered_staff(portal, HELEN)
    browser = portal.browser("198.51.100.9")
    await browser.open(SIGN_IN)
    await browser.send(name=HELEN.upn)
    for _ in range(5):
        assert (await browser.send(answer="{}")).status == 422
    page = await browser.send(answer="{}")
    assert (page.status, page.heading) == (429, "Too many tries")
    # a known browser has tries of its own
    assert (await helen.sign_in()).path == "/staff"


async def test_the_passkey_is_used_again(portal: Running) -> None:
    helen = await signed_in_staff(portal, HELEN)
    page = await helen.browser.open("/staff/prove?to=/staff")
    assert page.heading == "Use your passkey again"
    other = Staff(portal, helen.person, helen.browser, Authenticator())
    assert (await other.prove_again()).status == 422
    assert (await helen.prove_again()).path == "/staff"


async def test_nothing_secret_is_in_the_rows(portal: Running) -> None:
    helen = await signed_in_staff(portal, HELEN)
    cookie = helen.browser.cookies["__Host-staff"]
    for table in ("session", "journey", "event", "taken", "challenge"):
        assert cookie not in str(portal.rows(table))
