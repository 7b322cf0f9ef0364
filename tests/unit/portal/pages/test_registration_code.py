"""Who has a registration code signs in once, to register; no other learns of it."""

import pytest

from portal.audit.event import EventKind
from portal.journeys.entry import Helper
from portal.services import BrowserOrigin
from portal.visits.blocking import Blocking
from portal.visits.registration_codes import MadeCode, RegistrationCodes
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, BEN, Running
from tests.unit.portal.conftest import Registered
from wire.operation import Operation

HELPER = "00000000-0000-4000-8000-00000000000a"
PAGE = "/account/sign-in/code"
_ORIGIN = BrowserOrigin("192.0.2.99")


def helper(portal: Running, ago: int = 0) -> Helper:
    at = int(portal.clock.now) - ago
    used = {"method": "hwk", "kind": "passkey", "id": "p" * 43, "at": at, "uv": True}
    return Helper(HELPER, "they came in person", (used,))


async def made(portal: Running, guid: str = ANNA.guid, minutes: int = 60) -> MadeCode:
    return await RegistrationCodes(portal.portal.services).make(
        guid,
        "contoso",
        minutes=minutes,
        helper=helper(portal),
        origin=_ORIGIN,
        reference="made-by-the-help-desk",
    )


async def typed(browser: Browser, name: str, code: str) -> Answered:
    await browser.open(PAGE)
    return await browser.send(name=name, code=code)


async def test_a_code_lets_somebody_register(portal: Running) -> None:
    portal.agent.people[0].registration["allowed_from"] = "code"
    browser = portal.browser()
    code = await made(portal)
    page = await typed(browser, ANNA.upn, code.text.lower().replace("-", " "))
    assert page.path == "/account"
    await browser.open("/account/recovery")
    page = await browser.send()
    assert "I kept them" in page.text
    asked = [each for each in portal.agent.seen if each.op is Operation.REGISTER]
    origin = asked[-1].origin
    assert origin is not None
    assert (origin.by, str(origin.actor)) == ("help_desk", HELPER)
    assert origin.reason == "they came in person"
    assert [str(each.kind) for each in origin.actor_methods] == ["passkey"]
    assert asked[-1].sign_in is None


async def test_it_is_good_once(portal: Running) -> None:
    code = await made(portal)
    assert (await typed(portal.browser(), ANNA.upn, code.text)).path == "/account"
    again = await typed(portal.browser(), ANNA.upn, code.text)
    assert again.status == 422
    assert len(portal.rows("session")) == 1
    assert portal.rows("registration_code") == []


async def test_it_is_for_one_person(portal: Running) -> None:
    """Not even who writes the database makes it another's."""
    portal.agent.people[1].eligible = True
    code = await made(portal)
    services = portal.portal.services
    with services.database.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE registration_code SET person = ?", (BEN.guid,)
        )
    for name in (BEN.upn, ANNA.upn):
        assert (await typed(portal.browser(), name, code.text)).status == 422


async def test_it_ends(portal: Running) -> None:
    code = await made(portal, minutes=10)
    assert code.ends == int(portal.clock.now) + 600
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("UPDATE registration_code SET ends = ends + 9999")
    portal.clock.now += 600
    assert (await typed(portal.browser(), ANNA.upn, code.text)).status == 422


async def test_a_new_one_replaces_the_one_before(portal: Running) -> None:
    first, second = await made(portal), await made(portal)
    assert (await typed(portal.browser(), ANNA.upn, first.text)).status == 422
    assert (await typed(portal.browser(), ANNA.upn, second.text)).path == "/account"
    kind = str(EventKind.REGISTRATION_CODE_MADE)
    events = [each for each in portal.rows("event") if each["kind"] == kind]
    assert [each["detail"]["replaced"] for each in events] == [False, True]  # type: ignore[index]
    assert {each["actor"] for each in events} == {HELPER}


async def test_one_that_was_withdrawn_is_worthless(portal: Running) -> None:
    code = await made(portal)
    codes = RegistrationCodes(portal.portal.services)
    assert await codes.withdraw(ANNA.guid, _ORIGIN, "r", actor=HELPER)
    assert not await codes.withdraw(ANNA.guid, _ORIGIN, "r", actor=HELPER)
    assert (await typed(portal.browser(), ANNA.upn, code.text)).status == 422


async def test_who_lost_all_methods_registers_anew(
    portal: Running, anna: Registered
) -> None:
    """With a password alone one of them is asked for; with a code it is not."""
    assert anna.codes
    browser = portal.browser("198.51.100.7")
    code = await made(portal)
    page = await typed(browser, ANNA.upn, code.text)
    page = await browser.open("/account/email")
    assert page.path == "/account/email"
    await browser.send(address="anna@example.org")
    page = await browser.send(code=portal.code_mailed())
    assert page.path == "/account"
    kinds = {str(row["kind"]) for row in portal.rows("proof")}
    assert kinds == {"totp", "recovery_code", "email"}


async def test_it_opens_no_way_to_a_reset(portal: Running, anna: Registered) -> None:
    assert anna.codes
    browser = portal.browser("198.51.100.7")
    await typed(browser, ANNA.upn, (await made(portal)).text)
    page = await browser.open("/forgot/password")
    assert page.heading == "This page has ended"
    writes = {Operation.RESET, Operation.UNLOCK, Operation.CHANGE}
    assert not [each for each in portal.agent.seen if each.op in writes]


async def test_the_session_is_short(portal: Running) -> None:
    browser = portal.browser()
    await typed(browser, ANNA.upn, (await made(portal)).text)
    portal.clock.now += 599
    assert (await browser.open("/account")).path == "/account"
    portal.clock.now += 1
    assert (await browser.open("/account")).path == "/account/sign-in"


async def test_the_person_is_told_on_their_addresses(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    browser = portal.browser()
    await typed(browser, ANNA.upn, (await made(portal)).text)
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    await browser.send(code=portal.code_mailed())
    portal.mails()
    code = await made(portal)
    await typed(portal.browser(), ANNA.upn, code.text)
    told = portal.mails()
    kinds = [(mail.kind, mail.to) for mail in told]
    assert kinds == [
        ("registration_code_made", "anna@example.org"),
        ("registration_code_used", "anna@example.org"),
    ]
    assert not [mail for mail in told if code.text in mail.text + mail.html]


async def test_wrong_nobody_and_not_eligible_look_alike(portal: Running) -> None:
    await made(portal)
    await made(portal, BEN.guid)
    pages, asked = [], []
    for name in (ANNA.upn, BEN.upn, "nobody@contoso.test"):
        before = len(portal.agent.seen)
        pages.append(await typed(portal.browser(), name, "AAAA-BBBB-CCCC-DDDD"))
        asked.append(len(portal.agent.seen) - before)
    assert {page.status for page in pages} == {422}
    assert len({page.body for page in pages}) == 1
    assert len(set(asked)) == 1, asked
    refused = [each for each in portal.rows("event") if each["code"]]
    codes = [each["code"] for each in refused if each["kind"] == "sign_in_refused"]
    assert codes == ["wrong_code", "not_eligible", "user_not_found"]


async def test_no_tries_of_strangers_make_it_worthless(portal: Running) -> None:
    code = await made(portal)
    for stranger in range(12):
        browser = portal.browser(f"203.0.113.{stranger}")
        statuses = [
            (await typed(browser, ANNA.upn, "AAAA-BBBB-CCCC-DDDD")).status
            for _ in range(12)
        ]
        assert statuses[-1] == 429
    assert (await typed(portal.browser(), ANNA.upn, code.text)).path == "/account"


async def test_a_blocked_person_signs_in_with_none(
    portal: Running, anna: Registered
) -> None:
    assert anna.codes
    code = await made(portal)
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("UPDATE person SET blocked = 1")
    assert (await typed(portal.browser(), ANNA.upn, code.text)).status == 422


async def test_this_wasn_t_me_makes_it_worthless_for_good(
    portal: Running, anna: Registered
) -> None:
    """Whoever has it may be whom it was said of."""
    assert anna.codes
    code, blocking = await made(portal), Blocking(portal.portal.services)
    with portal.portal.services.database.begin() as connection:
        blocking.block(connection, ANNA.guid, _ORIGIN, by="mail", reference="r")
        blocking.clear(connection, ANNA.guid, _ORIGIN, reference="r", actor=None)
    assert (await typed(portal.browser(), ANNA.upn, code.text)).status == 422
    kinds = [each["kind"] for each in portal.rows("event")]
    assert "registration_code_withdrawn" in kinds


@pytest.mark.parametrize("minutes", [9, 30 * 24 * 60 + 1])
async def test_it_lasts_from_ten_minutes_to_thirty_days(
    portal: Running, minutes: int
) -> None:
    with pytest.raises(ValueError, match="minutes"):
        await made(portal, minutes=minutes)


async def test_a_helper_s_ends_before_what_the_helper_proved(portal: Running) -> None:
    codes = RegistrationCodes(portal.portal.services)

    async def ends(ago: int) -> int:
        given = await codes.make(
            ANNA.guid,
            "contoso",
            minutes=600,
            helper=helper(portal, ago),
            origin=_ORIGIN,
            reference="r",
        )
        return given.ends - int(portal.clock.now)

    assert await ends(3600) == 7 * 3600 - 600
    with pytest.raises(ValueError, match="too long ago"):
        await ends(8 * 3600 - 900)


async def test_where_a_code_is_needed_the_page_says_so(portal: Running) -> None:
    portal.agent.people[0].registration["allowed_from"] = "code"
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert "you need a registration code" in page.text
    for path in ("/account/app", "/account/email", "/account/recovery"):
        page = await browser.open(path)
        assert page.path == "/account"
    assert not [each for each in portal.agent.seen if each.op is Operation.REGISTER]


async def test_a_password_alone_adds_nothing_to_an_account_of_two_proofs(
    portal: Running,
) -> None:
    portal.agent.people[0].two_proof = True
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert "you need a registration code" in page.text
    assert "its password alone is not enough" in page.text
    page = await browser.open("/account/app")
    assert page.path == "/account"
    assert not [each for each in portal.agent.seen if each.op is Operation.REGISTER]


@pytest.mark.parametrize(
    ("address", "needs"), [("192.0.2.7", False), ("198.51.100.1", True)]
)
async def test_networks_are_those_of_the_agent(
    portal: Running, address: str, *, needs: bool
) -> None:
    own = {"allowed_from": "networks", "networks": ["192.0.2.0/24"]}
    portal.agent.people[0].registration.update(own)
    browser = portal.browser(address)
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert ("your organization's network only" in page.text) is needs
    page = await browser.open("/account/app")
    assert (page.path == "/account") is needs


async def test_who_has_methods_adds_more_by_those(
    portal: Running, anna: Registered
) -> None:
    """What is asked of where they sign in is of the first method alone."""
    portal.agent.people[0].registration["allowed_from"] = "code"
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    page = await browser.send(code=portal.code_mailed())
    assert page.path == "/account/prove", "one of two is not enough"
    assert "asks for one more way" in page.text
    await browser.send("/account/prove/recovery", code=anna.codes[0])
    portal.clock.now += 31
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    page = await browser.send(code=portal.code_mailed())
    assert page.path == "/account"
    asked = portal.agent.seen[-1]
    assert asked.sign_in is None
    assert {str(each.kind) for each in asked.methods} == {"totp", "recovery_code"}
