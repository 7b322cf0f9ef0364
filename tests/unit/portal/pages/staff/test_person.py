"""What a helper sees of a caller whom they know, and what they do for them."""

import pytest

from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import ANNA, Running
from tests.fixtures.portal.staff import HELEN, Staff
from tests.unit.portal.pages.staff.conftest import ADDRESS, REASON, Desk
from wire.messages import Request


def _events(portal: Running, kind: str) -> list[dict[str, object]]:
    return [each for each in portal.rows("event") if each["kind"] == kind]


def _asked(portal: Running, operation: str) -> list[Request]:
    return [each for each in portal.agent.seen if str(each.op) == operation]


def _told(portal: Running, words: str) -> list[str]:
    return [each.to for each in portal.mails() if words in each.text]


async def test_the_person_is_shown_masked(desk: Desk) -> None:
    desk.portal.agent.people[0].locked = True
    page = await desk.called_back()
    assert "<strong>Locked</strong>" in page.text
    assert ADDRESS not in page.text
    assert "example.com" not in page.text
    assert desk.anna.secret not in page.text
    assert "They set up enough: 3, needed: 2" in page.text
    assert page.text.count('class="good"') == 9


async def test_why_they_can_not_is_said_link_by_link(desk: Desk) -> None:
    desk.portal.agent.people[0].disabled = True
    page = await desk.called_back()
    assert "<strong>Disabled</strong>" in page.text
    assert "The directory takes no new password – The account is disabled." in page.text
    assert "Enable the account." in page.text


@pytest.mark.parametrize(
    ("asked", "says", "where"),
    [
        (
            {"allowed_from": "anywhere"},
            "they sign in and set up more",
            "sign in at the portal and",
        ),
        (
            {"allowed_from": "networks", "networks": ["192.0.2.0/24"]},
            "in your organization's network, or with a registration code, and",
            "in your organization's network or with a registration code,",
        ),
        (
            {"allowed_from": "code"},
            "with a registration code and set up more, as their password is not",
            "sign in at the portal with a registration code and",
        ),
        (
            {"two_proof": True},
            "with a registration code and set up more, as their password is not",
            "sign in at the portal with a registration code and",
        ),
    ],
)
async def test_who_set_up_too_few_is_told_what_helps_them(
    desk: Desk, asked: dict[str, object], says: str, where: str
) -> None:
    """Of two-proof people an agent asks for a code, wherever others may register."""
    anna = desk.portal.agent.people[0]
    anna.two_proof = "two_proof" in asked
    anna.registration.update(asked)
    await desk.called_back()
    page = await desk.act("register-again")
    assert "They set up 0 of the 2 that are needed: they sign in" in page.text
    assert says in page.text
    assert where in page.text


async def test_the_account_is_unlocked(desk: Desk) -> None:
    desk.portal.agent.people[0].locked = True
    await desk.called_back()
    page = await desk.act("unlock")
    assert "The account is unlocked." in page.text
    assert desk.portal.agent.people[0].locked is False
    (request,) = _asked(desk.portal, "unlock")
    origin = request.origin
    assert origin is not None
    assert (origin.by, str(origin.actor), origin.reason) == (
        "help_desk",
        HELEN.guid,
        REASON,
    )
    (used,) = origin.actor_methods
    assert (str(used.kind), used.uv) == ("passkey", True)
    (event,) = _events(desk.portal, "account_unlocked")
    assert (event["actor"], event["person"]) == (HELEN.guid, ANNA.guid)
    assert event["detail"]["reason"] == REASON  # type: ignore[index]
    assert event["detail"]["known_by"] == ["call_back"]  # type: ignore[index]
    assert str(event["reference"]).startswith("audit-")
    assert _told(desk.portal, "the help desk unlocked the account") == [ADDRESS]
    page = await desk.anna.browser.open("/account/activity")
    assert "Account unlocked</strong> – by the help desk" in page.text, page.text
    assert "The help desk made sure who calls" in page.text


async def test_an_act_needs_a_passkey_of_the_last_five_minutes(desk: Desk) -> None:
    await desk.called_back()
    desk.portal.clock.now += 301
    page = await desk.staff.browser.open(desk.call)
    assert "use your passkey again" in page.text
    page = await desk.staff.browser.send(f"{desk.call}/unlock")
    assert page.path == "/staff/prove"
    assert not _asked(desk.portal, "unlock")
    page = await desk.staff.prove_again()
    assert page.path == desk.call
    page = await desk.staff.browser.send(f"{desk.call}/unlock")
    assert "The account is unlocked." in page.text


async def test_a_role_that_is_withdrawn_in_the_middle_does_nothing(desk: Desk) -> None:
    await desk.called_back()
    desk.staff.person.roles = ("auditor",)
    page = await desk.staff.browser.send(f"{desk.call}/unlock")
    assert page.status == 403
    assert not _asked(desk.portal, "unlock")
    desk.staff.person.roles = ()
    page = await desk.staff.browser.open("/staff")
    page = await desk.staff.browser.post(f"{desk.call}/unlock", {})
    assert page.path == "/staff/sign-in"


async def test_an_agent_that_is_away_does_nothing(desk: Desk) -> None:
    await desk.called_back()
    desk.portal.agent.silent = True
    page = await desk.staff.browser.send(f"{desk.call}/block")
    assert page.status == 503
    assert not _events(desk.portal, "blocked")


async def test_what_the_agent_refuses_is_said(desk: Desk) -> None:
    await desk.called_back()
    desk.portal.agent.refuse_with = "operation_off"
    page = await desk.act("unlock")
    assert page.status == 422
    assert "do not let the help desk do this" in page.text
    (event,) = _events(desk.portal, "account_unlocked")
    assert event["code"] == "operation_off"
    assert not _told(desk.portal, "help desk")


async def test_where_one_passkey_is_one_proof_a_second_is_asked_for(
    desk: Desk,
) -> None:
    desk.portal.agent.passkey_alone = False
    await desk.called_back()
    page = await desk.act("unlock")
    assert "The agent asks for a second proof of you." in page.text
    page = await desk.staff.browser.open(f"/staff/prove?to={desk.call}")
    page = await desk.staff.browser.send(
        f"/staff/prove/app?to={desk.call}", code="000000"
    )
    assert (page.status, "That code is not right." in page.text) == (422, True)


async def test_a_method_is_removed_and_its_address_told(desk: Desk) -> None:
    page = await desk.called_back()
    assert "E-mail" in page.text
    proof = next(p for p in desk.portal.rows("proof") if p["kind"] == "email")
    page = await desk.act("remove", method=str(proof["id"]))
    assert "It is removed." in page.text
    assert "email" not in {p["kind"] for p in desk.portal.rows("proof")}
    assert _told(desk.portal, "the help desk removed this") == [ADDRESS]
    (event,) = _events(desk.portal, "method_removed")
    assert (event["actor"], event["detail"]["method"]) == (HELEN.guid, "email")  # type: ignore[index]


async def test_a_method_of_somebody_else_stays(desk: Desk) -> None:
    await desk.called_back()
    own = next(p for p in desk.portal.rows("proof") if p["person"] == HELEN.guid)
    await desk.act("remove", method=str(own["id"]))
    assert own["id"] in {p["id"] for p in desk.portal.rows("proof")}
    assert not _events(desk.portal, "method_removed")


async def test_all_is_set_up_anew(desk: Desk) -> None:
    await desk.called_back()
    page = await desk.act("register-again")
    assert "Nothing yet." in page.text
    assert ANNA.guid not in {p["person"] for p in desk.portal.rows("proof")}
    assert (await desk.anna.browser.open("/account")).path == "/account/sign-in"
    assert _told(desk.portal, "removed all ways to prove") == [ADDRESS]
    (event,) = _events(desk.portal, "must_register_again")
    assert event["actor"] == HELEN.guid
    person = next(p for p in desk.portal.rows("person") if p["guid"] == ANNA.guid)
    assert person["registered"] is None


async def test_self_service_is_switched_off_and_on(desk: Desk) -> None:
    await desk.called_back()
    page = await desk.act("block")
    assert "Self-service is off for them." in page.text
    assert _told(desk.portal, "your help desk switched self-service off") == [ADDRESS]
    assert (await desk.anna.browser.open("/account")).path == "/account/sign-in"
    page = await desk.act("clear")
    assert "Self-service is on for them again." in page.text
    for kind in ("blocked", "unblocked"):
        (event,) = _events(desk.portal, kind)
        assert event["actor"] == HELEN.guid
        assert event["detail"]["reason"] == REASON  # type: ignore[index]


async def _wrong_app_code(desk: Desk) -> Answered:
    browser = desk.portal.browser("198.51.100.99")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    return await browser.send(code="000000")


async def test_tries_that_ran_out_are_seen_and_given_anew(desk: Desk) -> None:
    for _ in range(5):
        assert (await _wrong_app_code(desk)).status == 422
    assert (await _wrong_app_code(desk)).status == 429
    page = await desk.called_back()
    assert page.text.count('class="bad"') == 1
    assert "They have no tries left" in page.text
    page = await desk.act("tries")
    assert "They have new tries." in page.text
    assert 'class="bad"' not in page.text
    assert (await _wrong_app_code(desk)).status == 422
    assert len(_events(desk.portal, "tries_cleared")) == 1


@pytest.fixture
async def may_reset(desk: Desk) -> Desk:
    agent = desk.portal.agent
    agent.help_desk_reset = True
    agent.ready["self_service"]["help_desk"] = ["unlock", "reset"]
    await desk.portal.portal.services.agents.look()
    return desk


async def test_a_reset_is_offered_where_the_agent_lets_them(desk: Desk) -> None:
    page = await desk.called_back()
    assert f"{desk.call}/unlock" in page.text
    assert f"{desk.call}/reset" not in page.text


async def test_a_one_time_password_is_made_and_shown_once(may_reset: Desk) -> None:
    desk = may_reset
    await desk.called_back()
    page = await desk.act("reset")
    assert page.heading == "One-time password", page.text
    password = desk.portal.agent.people[0].password
    assert password in page.text
    assert len(password) == 19
    (request,) = _asked(desk.portal, "reset")
    assert request.must_change
    page = await desk.staff.browser.open(desk.call)
    assert password not in page.text
    for table in ("event", "outbox", "help_call", "session", "journey"):
        assert password not in str(desk.portal.rows(table))
    mails = desk.portal.mails()
    assert [m.to for m in mails if "set a one-time password" in m.text] == [ADDRESS]
    assert not [m for m in mails if password in m.text]
    (event,) = _events(desk.portal, "password_reset")
    assert event["actor"] == HELEN.guid


async def test_who_asks_for_two_proofs_needs_two_helpers(
    may_reset: Desk, second: Staff
) -> None:
    desk = may_reset
    desk.portal.agent.people[0].two_proof = True
    page = await desk.called_back()
    assert f"{desk.call}/reset" not in page.text
    assert "a second helper confirms on their own page" in page.text
    own = {"token": page.forms[0].fields["token"]}
    page = await desk.staff.browser.post(f"{desk.call}/reset", own)
    assert (page.status, "Ask a second one" in page.text) == (422, True)
    assert not _asked(desk.portal, "reset")
    page = await desk.check("second")
    assert "Now it is the second helper's turn" in page.text
    page = await second.browser.open("/staff/help")
    assert "Speak with Helen" in page.text
    assert "give the caller a registration code" in page.text
    page = await desk.confirm(second)
    assert "You confirmed it." in page.text
    page = await desk.act("reset")
    assert page.heading == "One-time password", page.text


async def test_a_registration_code_is_shown_once_and_lets_them_in(desk: Desk) -> None:
    await desk.called_back()
    page = await desk.act("code")
    assert page.heading == "Registration code", page.text
    code = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    for table in ("event", "outbox", "help_call", "registration_code"):
        assert code not in str(desk.portal.rows(table))
    page = await desk.staff.browser.open(desk.call)
    assert code not in page.text
    (event,) = _events(desk.portal, "registration_code_made")
    assert (event["actor"], event["person"]) == (HELEN.guid, ANNA.guid)
    assert event["detail"]["reason"] == REASON  # type: ignore[index]
    browser = desk.portal.browser("198.51.100.5")
    await browser.open("/account/sign-in/code")
    page = await browser.send(name=ANNA.upn, code=code)
    assert page.path == "/account", page.text


async def test_a_code_of_a_helper_whose_methods_count_no_more_says_so(
    desk: Desk,
) -> None:
    """After the agent was replaced they are first to confirm their own."""
    with desk.portal.portal.services.database.begin() as connection:
        former = "UPDATE proof SET receipt = 'of a former key' WHERE person = ?"
        connection.exec_driver_sql(former, (HELEN.guid,))
    await desk.called_back()
    page = await desk.act("code")
    code = page.text.split('class="key"><bdi dir="ltr">')[1].split("<")[0]
    browser = desk.portal.browser("198.51.100.5")
    await browser.open("/account/sign-in/code")
    await browser.send(name=ANNA.upn, code=code)
    await browser.open("/account/recovery")
    page = await browser.send()
    assert (page.status, page.heading) == (409, "This code cannot be used yet")
    assert "who made it first signs in here and confirms" in page.text
    assert "/account/sign-in/code" not in page.text
    page = await desk.act("unlock")
    assert "confirm your own methods" in page.text


async def test_a_code_for_who_asks_for_two_proofs_needs_two_helpers(
    desk: Desk, second: Staff
) -> None:
    desk.portal.agent.people[0].two_proof = True
    page = await desk.called_back()
    assert f"{desk.call}/code" not in page.text
    own = {"token": page.forms[0].fields["token"]}
    page = await desk.staff.browser.post(f"{desk.call}/code", own)
    assert (page.status, "Ask a second one" in page.text) == (422, True)
    assert not desk.portal.rows("registration_code")
    await desk.check("second")
    await desk.confirm(second)
    page = await desk.act("code")
    assert page.heading == "Registration code", page.text
