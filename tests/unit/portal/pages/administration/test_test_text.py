"""An administrator tries text messages: limited, recorded, told what became of it."""

from html import unescape
from pathlib import Path

import pytest

from portal.database.outbox import Message
from portal.notifications.delivery import NotSent
from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import Running, running
from tests.fixtures.portal.staff import ADA, AUDREY, Staff, signed_in_staff
from tests.fixtures.portal.text_gateway import NUMBER

PAGE, ACT = "/staff/messages", "/staff/messages/test-text"
TYPED = "0049 171 / 392 00 42"


async def _tried(staff: Staff, number: str) -> Answered:
    await staff.browser.open(PAGE)
    return await staff.browser.send(ACT, number=number)


def _tests(portal: Running) -> list[dict[str, object]]:
    return [each for each in portal.rows("event") if each["kind"] == "message_tested"]


async def test_the_gateway_gets_a_message_and_the_page_says_so(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    page = await _tried(staff, TYPED)
    assert "The gateway took a test message to +49 ••• ••42" in page.text
    (sent,) = portal.texts.messages
    assert (sent.to, sent.text) == (
        NUMBER,
        "This is a test message of the portal of Contoso.",
    )
    (event,) = _tests(portal)
    assert event["actor"] == ADA.guid
    assert event["detail"] == {"channel": "sms", "country": "DE"}
    kept = f"{portal.rows('event')}{portal.rows('outbox')}{portal.rows('budget')}"
    assert NUMBER not in kept
    assert NUMBER not in page.text


async def test_what_the_gateway_refused_is_told_by_its_status(
    portal: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(_message: Message) -> None:
        raise NotSent("the gateway answered 500", for_good=True)

    monkeypatch.setattr(portal.texts, "send", refuses)
    staff = await signed_in_staff(portal, ADA)
    page = await _tried(staff, TYPED)
    assert "The gateway did not take the message" in page.text
    assert "The last answer: the gateway answered 500" in page.text
    assert NUMBER not in page.text


@pytest.mark.parametrize(
    "number", ["", "12", "+49 30 901820", "+33 6 12 34 56 78", "+" * 40, "x'--"]
)
async def test_a_number_that_nobody_could_register_gets_nothing(
    portal: Running, number: str
) -> None:
    staff = await signed_in_staff(portal, ADA)
    page = await _tried(staff, number)
    assert "No text message can go to this number" in page.text
    assert f'type="tel" value="{number}"' in unescape(page.text)
    assert 'aria-invalid="true"' in page.text
    assert not portal.texts.messages
    assert not _tests(portal)


async def test_five_an_hour_and_five_a_day_to_one_number(portal: Running) -> None:
    staff = await signed_in_staff(portal, ADA)
    for _ in range(4):
        assert "took a test" in (await _tried(staff, TYPED)).text
    assert "took a test" in (await _tried(staff, "+49 171 3920043")).text
    assert "You sent five within an hour" in (await _tried(staff, TYPED)).text
    portal.clock.now += 1800
    await staff.sign_in()
    assert "took a test" in (await _tried(staff, TYPED)).text
    assert "This number got as many" in (await _tried(staff, TYPED)).text
    assert len(portal.texts.messages) == len(_tests(portal)) == 6


async def test_they_are_of_those_that_are_paid_for(tmp_path: Path) -> None:
    async with running(tmp_path, texts_a_day=1) as portal:
        staff = await signed_in_staff(portal, ADA)
        assert "took a test" in (await _tried(staff, TYPED)).text
        page = await _tried(staff, "+49 171 3920043")
        assert "As many text messages were sent today" in page.text
        assert "limit_reached" in {each["kind"] for each in portal.rows("event")}


async def test_auditors_send_none(portal: Running) -> None:
    staff = await signed_in_staff(portal, AUDREY)
    page = await staff.browser.open(PAGE)
    assert "gateway.test" in page.text
    assert "test-text" not in page.text
    token = page.text.split('name="token" value="')[1].split('"')[0]
    page = await staff.browser.post(ACT, {"token": token, "number": TYPED})
    assert page.status == 403
    assert not portal.texts.messages
