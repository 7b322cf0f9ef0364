"""A telephone is registered by a code, and proves who somebody is by another."""

import logging
import sqlite3
from pathlib import Path

import pytest

from portal.templating import Templates
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running, running
from tests.fixtures.portal.text_gateway import NUMBER
from tests.unit.portal.conftest import Registered, registered

TYPED, ANOTHER = "0049 171 / 392 00 42", "+49 171 3920043"


async def _account(portal: Running, anna: Registered) -> Browser:
    """Sign Anna in, where she proves it by her app."""
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    return browser


async def _added(portal: Running, anna: Registered) -> Browser:
    """Have Anna add her telephone."""
    browser = await _account(portal, anna)
    await browser.open("/account/phone")
    page = await browser.send(address=TYPED)
    assert page.heading == "Enter the code", page.text
    page = await browser.send(code=await portal.texts.code())
    assert page.path == "/account", page.text
    portal.clock.now += 600
    return browser


async def _asked(
    portal: Running, number: str, address: str = "198.51.100.9"
) -> Browser:
    """Begin as who forgot, and type a number."""
    browser = portal.browser(address)
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    await browser.open("/forgot/phone")
    page = await browser.send(address=number)
    assert page.path == "/forgot/phone/code", page.text
    return browser


def _texts(portal: Running) -> int:
    """Count the text messages that were sent, or are to be."""
    return [each["channel"] for each in portal.rows("outbox")].count("sms")


async def test_a_telephone_is_added_and_resets_a_password(
    portal: Running, anna: Registered
) -> None:
    browser = await _added(portal, anna)
    page = await browser.open("/account")
    assert "+49 ••• ••42" in page.text
    assert NUMBER not in page.text
    browser = await _asked(portal, TYPED)
    page = await browser.send(code=await portal.texts.code(before=1))
    assert page.heading == "Prove it is you (2 of 2)"
    assert "text message" not in page.text
    await browser.open("/forgot/recovery")
    page = await browser.send(code=anna.codes[0])
    new = "Correct-Horse-42-Staple"
    page = await browser.send(new=new, again=new)
    assert page.heading == "Your password is changed"
    sms = next(each for each in portal.agent.seen[-1].methods if each.kind == "sms")
    assert (sms.receipt or "").startswith(f"receipt-{ANNA.guid}-sms-")


async def test_the_words_name_the_code_first_and_bind_it_to_this_host(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    (message,) = portal.texts.messages
    first, _, last = message.text.partition("\n\n")
    assert first[6:].startswith(" is your code for Contoso.")
    assert last == f"@portal.contoso.test #{first[:6]}"
    assert len(message.text) <= 160  # one message, not two
    assert message.text.isascii()


async def test_a_telephone_speaks_its_owners_language(
    portal: Running, anna: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _added(portal, anna)
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET language = 'de-DE'")
    spoken = []
    render = Templates.text

    def text(own: Templates, name: str, language: str, /, **fields: object) -> str:
        spoken.append(language)
        return render(own, name, language, **fields)

    monkeypatch.setattr(Templates, "text", text)
    await _asked(portal, TYPED)
    await portal.texts.code(before=1)
    assert spoken == ["de"]


async def test_a_number_that_is_not_registered_gets_nothing(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    await _asked(portal, ANOTHER)
    assert _texts(portal) == 1
    assert ANOTHER.replace(" ", "") not in str(portal.rows("outbox"))


@pytest.mark.parametrize("typed", ["0171 3920042", "+49 30 123456", "+41 79 1234567"])
async def test_what_is_no_whole_number_is_said_before_anything_is_sent(
    portal: Running, anna: Registered, typed: str
) -> None:
    browser = await _account(portal, anna)
    await browser.open("/account/phone")
    page = await browser.send(address=typed)
    assert page.status == 422
    assert "No text message can go to this number." in page.text
    assert "such as +49 15" in page.text
    assert portal.texts.messages == []


async def test_who_proves_two_by_their_group_gets_no_text(
    portal: Running, anna: Registered
) -> None:
    """They registered a telephone before; the agent counts it no more."""
    await _added(portal, anna)
    portal.agent.people[0].kinds = ("totp", "passkey", "recovery_code")
    await _asked(portal, TYPED)
    assert _texts(portal) == 1
    page = await (await _account(portal, anna)).open("/account/phone")
    assert page.status == 404


async def test_one_number_gets_five_at_once_whoever_asks(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    for number in range(8):
        await _asked(portal, TYPED, f"198.51.100.{number}")
        portal.clock.now += 31
    # one when it was added
    assert _texts(portal) == 5
    codes = [
        each["code"] for each in portal.rows("event") if each["kind"] == "code_sent"
    ]
    assert codes == ["ok"] * 5 + ["too_many"] * 4


async def test_an_organization_pays_for_so_many_a_day(tmp_path: Path) -> None:
    async with running(tmp_path, texts_a_day=2) as portal:
        anna = await registered(portal)
        await _added(portal, anna)
        # strangers use up nothing of it
        for number in range(4):
            await _asked(portal, ANOTHER, f"198.51.100.{number}")
        for number in range(2):
            await _asked(portal, TYPED, f"203.0.113.{number}")
            portal.clock.now += 31
        assert _texts(portal) == 2
        noted = [each["detail"] for each in portal.rows("event")]
        assert {"limit": "text messages of the organization"} in noted
        browser = await _account(portal, anna)
        await browser.open("/account/phone")
        page = await browser.send(address=ANOTHER)
        assert page.status == 429
        assert "No more codes can be sent there until " in page.text


async def test_three_in_a_visit_and_half_a_minute_between(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = await _asked(portal, TYPED)
    await browser.open("/forgot/phone")
    page = await browser.send(address=TYPED)
    assert page.status == 429
    assert "Ask for another code in 30 seconds." in page.text
    statuses = []
    for _ in range(3):
        portal.clock.now += 31
        await browser.open("/forgot/phone")
        statuses.append((await browser.send(address=TYPED)).status)
    assert statuses == [200, 200, 429]


async def test_a_code_is_over_after_ten_minutes_and_five_tries(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    browser = await _asked(portal, TYPED)
    code = await portal.texts.code(before=1)
    portal.clock.now += 601
    page = await browser.send(code=code)
    assert page.status == 422
    portal.clock.now += 86_400
    browser = await _asked(portal, TYPED)
    code = await portal.texts.code(before=2)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        page = await browser.send(code=wrong)
    assert "0 tries left" in page.text
    page = await browser.send(code=code)
    assert page.status == 429


async def test_where_no_gateway_is_set_nothing_offers_it(
    portal: Running, anna: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = portal.browser()
    await browser.open("/forgot")
    page = await browser.send(name=ANNA.upn)
    assert "/forgot/phone" in page.text
    settings = portal.portal.services.settings
    monkeypatch.setitem(settings.__dict__, "sms", None)
    page = await browser.open("/forgot/methods")
    assert "/forgot/phone" not in page.text
    browser = await _account(portal, anna)
    page = await browser.open("/account")
    assert "/account/phone" not in page.text


async def test_the_audit_knows_the_country_and_not_the_number(
    portal: Running, anna: Registered
) -> None:
    await _added(portal, anna)
    (sent,) = [each for each in portal.rows("event") if each["kind"] == "code_sent"]
    detail = {"method": "sms", "purpose": "registration", "country": "DE"}
    assert sent["detail"] == detail


async def test_neither_number_nor_code_can_be_read(
    portal: Running, anna: Registered, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await _added(portal, anna)
    browser = await _asked(portal, TYPED)
    await portal.texts.code(before=1)
    await browser.send(code="000000")
    with sqlite3.connect(portal.folder / "portal.db") as database:
        held = "\n".join(database.iterdump()) + caplog.text
    database.close()
    held += "".join(
        each.read_bytes().decode("latin-1")
        for each in portal.folder.rglob("*")
        if each.is_file()
    )
    codes = {each.text[:6] for each in portal.texts.messages}
    secrets = {NUMBER, NUMBER[1:], NUMBER[3:], TYPED}
    assert not [each for each in secrets if each in held]
    assert not [each for each in codes if f"{each} is" in held]
