"""The help desk knows who calls before it sees or does anything."""

import asyncio
import re

import pytest

from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.fixtures.portal.staff import ADA, HELEN, HUGO, Staff, signed_in_staff
from tests.fixtures.portal.text_gateway import NUMBER
from tests.unit.portal.pages.staff.conftest import ADDRESS, REASON, Desk

WHO, ACTS = "Who is calling?", ("unlock", "remove", "register-again", "block", "tries")


def _events(portal: Running, kind: str) -> list[dict[str, object]]:
    return [each for each in portal.rows("event") if each["kind"] == kind]


async def test_nothing_of_the_person_is_shown_before(desk: Desk) -> None:
    desk.portal.agent.people[0].locked = True
    page = await desk.begin("ANNA@contoso.test")
    assert page.heading == WHO
    for told in (ANNA.name, ANNA.guid, "ocked", "a•••", ADDRESS, "Recovery"):
        assert told not in page.text, told
    (event,) = _events(desk.portal, "help_begun")
    assert (event["actor"], event["person"]) == (HELEN.guid, ANNA.guid)
    assert event["detail"] == {"reason": REASON}


async def test_nothing_is_done_before(desk: Desk) -> None:
    await desk.begin()
    await desk.fresh()
    page = await desk.staff.browser.open(desk.call)
    token = page.forms[0].fields["token"]
    for part in (*ACTS, "reset", "clear"):
        page = await desk.staff.browser.post(f"{desk.call}/{part}", {"token": token})
        assert page.status == 403, part
    assert not [each for each in desk.portal.agent.seen if str(each.op) == "unlock"]


async def test_a_code_is_read_out(desk: Desk) -> None:
    await desk.begin()
    own = f"{desk.call}/prove/email"
    page = await desk.staff.browser.send(own, address=ADDRESS)
    assert page.heading == WHO
    mail = next(each for each in desk.portal.mails() if each.kind == "code")
    assert mail.to == ADDRESS
    assert "read it out to them" in mail.text
    assert "never ask for this code" not in mail.text
    found = re.search(r"\b\d{8}\b", mail.text)
    assert found is not None
    page = await desk.staff.browser.send(f"{own}/code", code="00000000")
    assert (page.status, "4 tries left" in page.text) == (422, True)
    page = await desk.staff.browser.send(f"{own}/code", code=found.group())
    assert page.heading == ANNA.name
    assert "code by e-mail" in page.text


async def test_a_code_sent_to_a_telephone_is_read_out(desk: Desk) -> None:
    browser, texts = desk.anna.browser, desk.portal.texts
    desk.portal.agent.people[0].kinds += ("sms",)
    await browser.open("/account/phone")
    await browser.send(address=NUMBER)
    page = await browser.send(code=await texts.code())
    assert page.path == "/account", page.text
    desk.portal.clock.now += 90
    await desk.begin()
    own = f"{desk.call}/prove/phone"
    page = await desk.staff.browser.send(own, address=NUMBER)
    assert page.heading == WHO
    code = await texts.code(before=1)
    assert texts.messages[-1].to == NUMBER
    assert "Read it to your help desk" in texts.messages[-1].text
    page = await desk.staff.browser.send(f"{own}/code", code=code)
    assert page.heading == ANNA.name
    assert "code by text message" in page.text


async def test_an_address_that_is_nobody_s_looks_the_same(desk: Desk) -> None:
    await desk.begin()
    own = f"{desk.call}/prove/email"
    page = await desk.staff.browser.send(own, address="mallory@example.com")
    assert "If this is one that they set up" in page.text
    assert not desk.portal.mails()
    page = await desk.staff.browser.send(f"{own}/code", code="12345678")
    assert page.status == 422


async def test_another_page_s_form_proves_nothing(desk: Desk) -> None:
    await desk.begin()
    code = desk.anna.code(desk.portal.clock.now)
    for own in ("prove/app", "prove/email", "prove/email/code", "check"):
        fields = {"code": code, "address": ADDRESS, "kind": "call_back"}
        page = await desk.staff.browser.post(f"{desk.call}/{own}", fields)
        assert page.status == 403, own
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == WHO
    assert not desk.portal.mails()


async def test_a_code_of_the_app_is_read_out_once(desk: Desk) -> None:
    await desk.begin()
    code = desk.anna.code(desk.portal.clock.now)
    page = await desk.staff.browser.send(f"{desk.call}/prove/app", code=code)
    assert page.heading == ANNA.name
    await desk.begin()
    page = await desk.staff.browser.send(f"{desk.call}/prove/app", code=code)
    assert page.status == 422


async def test_who_guesses_uses_up_none_of_the_person_s_tries(desk: Desk) -> None:
    await desk.begin()
    for _ in range(5):
        page = await desk.staff.browser.send(f"{desk.call}/prove/app", code="000000")
        assert page.status == 422
    own = {"token": page.forms[0].fields["token"], "code": "000000"}
    page = await desk.staff.browser.post(f"{desk.call}/prove/app", own)
    assert page.status == 429
    # a new call has the same tries, and the person has their own
    await desk.begin()
    page = await desk.staff.browser.send(f"{desk.call}/prove/app", code="000000")
    assert page.status == 429
    browser = desk.portal.browser("198.51.100.77")
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/app")
    page = await browser.send(code=desk.anna.code(desk.portal.clock.now))
    assert page.path == "/forgot/methods", page.text


async def test_a_call_back_is_recorded(desk: Desk) -> None:
    page = await desk.called_back()
    assert page.heading == ANNA.name
    (event,) = _events(desk.portal, "caller_checked")
    assert event["actor"] == HELEN.guid
    assert event["detail"] == {"reason": REASON, "check": "call_back"}


async def test_who_is_seen_is_confirmed_by_another_helper(
    desk: Desk, second: Staff
) -> None:
    await desk.begin()
    page = await desk.check("in_person")
    assert page.heading == WHO
    page = await desk.staff.browser.open("/staff/help")
    assert "asks you to confirm" not in page.text, "nobody confirms for themselves"
    page = await second.browser.open("/staff/help")
    assert "Helen Desk says: this person is here" in page.text
    page = await desk.confirm(second)
    assert page.path == "/staff/help", page.text
    assert "asks you to confirm" not in page.text
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == ANNA.name
    assert "a second helper confirmed" in page.text


async def test_nobody_confirms_their_own(desk: Desk, second: Staff) -> None:
    await desk.begin()
    await desk.check("in_person")
    call = desk.call.rsplit("/", 1)[1]
    await desk.fresh()
    page = await desk.staff.browser.open("/staff/help")
    fields = {"call": call, "kind": "in_person"}
    fields["token"] = page.forms[0].fields["token"]
    page = await desk.staff.browser.post("/staff/help/confirm", fields)
    assert page.status == 422
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == WHO
    # nor does one whose role was withdrawn meanwhile
    await second.browser.open("/staff/prove?to=/staff/help")
    await second.prove_again()
    second.person.roles = ("auditor",)
    page = await second.browser.send("/staff/help/confirm")
    assert page.status == 403
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == WHO


async def test_a_call_is_of_one_helper_and_of_half_an_hour(
    desk: Desk, second: Staff
) -> None:
    await desk.called_back()
    assert (await second.browser.open(desk.call)).status == 404
    for _ in range(3):
        desk.portal.clock.now += 590
        assert (await desk.staff.browser.open(desk.call)).status == 200
    desk.portal.clock.now += 100
    assert (await desk.staff.browser.open(desk.call)).status == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nobody@contoso.test", "Nobody has this sign-in name"),
        ("", "Type the whole sign-in name"),
        (HELEN.upn, "actor is the person"),
        (HUGO.upn, "a role as high as"),
        (ADA.upn, "a role as high as"),
    ],
)
async def test_whom_nobody_helps(desk: Desk, name: str, words: str) -> None:
    await signed_in_staff(desk.portal, HUGO)
    await signed_in_staff(desk.portal, ADA)
    page = await desk.begin(name)
    assert (page.status, page.heading) == (422, "Whom do you help?")
    assert words in page.text.replace("&#39;", "'")


async def test_an_administrator_helps_a_helper(desk: Desk) -> None:
    desk.staff = await signed_in_staff(desk.portal, ADA)
    page = await desk.begin(HELEN.upn)
    assert page.heading == WHO


async def test_a_reason_is_needed(desk: Desk) -> None:
    page = await desk.begin(reason="  ")
    assert (page.status, "Say why you help" in page.text) == (422, True)


async def test_where_no_agent_answers_nobody_is_found(desk: Desk) -> None:
    await desk.staff.browser.open("/staff/help")
    desk.portal.agent.silent = True
    page = await desk.staff.browser.send("/staff/help", name=ANNA.upn, reason="x")
    assert page.status == 503


async def test_a_helper_does_not_look_everybody_up(desk: Desk) -> None:
    await desk.staff.browser.open("/staff/help")
    seen = []
    for number in range(61):
        page = await desk.begin(f"nobody{number}@contoso.test")
        seen.append(page.status)
    assert seen == [422] * 60 + [429]


async def test_who_is_not_in_the_groups_is_found_all_the_same(desk: Desk) -> None:
    """Ben never registered, and self-service is not for him: the agent says so."""
    await desk.begin(BEN.upn)
    page = await desk.check("call_back")
    assert BEN.upn in page.text
    assert "They are in none of the groups" in page.text
    assert "does not say how the account is" in page.text
    assert not [p for p in desk.portal.rows("person") if p["guid"] == BEN.guid]
    assert BEN.upn not in str(desk.portal.rows("help_call"))


async def test_who_writes_the_database_verifies_nobody(desk: Desk) -> None:
    await desk.begin()
    call = desk.call.rsplit("/", 1)[1]
    with desk.portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql(
            "insert into caller_check values (?, 'call_back', ?, null, ?)",
            (call, int(desk.portal.clock.now), "s" * 43),
        )
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == WHO
    # nor is another call's row good for this one
    await desk.called_back()
    first = desk.call
    page = await desk.begin()
    with desk.portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql(
            "update caller_check set call = ? where call = ?",
            (desk.call.rsplit("/", 1)[1], first.rsplit("/", 1)[1]),
        )
    page = await desk.staff.browser.open(desk.call)
    assert page.heading == WHO


async def test_pressed_twice_at_once_it_is_one_check(desk: Desk) -> None:
    await desk.begin()
    await desk.fresh()
    page = await desk.staff.browser.open(desk.call)
    fields = next(f.fields for f in page.forms if f.fields.get("kind") == "call_back")
    own = f"{desk.call}/check"
    await asyncio.gather(*(desk.staff.browser.post(own, fields) for _ in range(2)))
    assert len(_events(desk.portal, "caller_checked")) == 1
