"""Who has fewer methods than a reset asks for adds the others as they did the first."""

import pytest

from portal.journeys.entry import Helper
from portal.services import BrowserOrigin
from portal.visits.registration_codes import RegistrationCodes
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from wire.operation import Operation

_HELPER = "00000000-0000-4000-8000-00000000000a"
_ANSWERS = {
    f"{part}_{at}": each
    for at, pair in enumerate(
        (
            ("first_street", "Canary Lane"),
            ("first_concert", "The Canaries"),
            ("childhood_friend", "Kanarienvogel"),
        )
    )
    for part, each in zip(("question", "answer"), pair, strict=True)
}
ADDS = ("/account/app", "/account/email", "/account/recovery")


async def by_code(portal: Running) -> Browser:
    """Sign Anna in by a code of the help desk."""
    at = int(portal.clock.now)
    used = {"method": "hwk", "kind": "passkey", "id": "p" * 43, "at": at, "uv": True}
    code = await RegistrationCodes(portal.portal.services).make(
        ANNA.guid,
        "contoso",
        minutes=60,
        helper=Helper(_HELPER, "they came in person", (used,)),
        origin=BrowserOrigin("192.0.2.99"),
        reference="r",
    )
    browser = portal.browser()
    await browser.open("/account/sign-in/code")
    page = await browser.send(name=ANNA.upn, code=code.text)
    assert page.path == "/account"
    return browser


async def by_password(portal: Running, address: str = "192.0.2.7") -> Browser:
    browser = portal.browser(address)
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert page.path == "/account"
    return browser


async def with_one(portal: Running) -> None:
    """Have Anna register one of two ways by a code, and no other meanwhile."""
    browser = await by_code(portal)
    await browser.open("/account/recovery")
    await browser.send()
    assert len(portal.rows("proof")) == 1
    portal.clock.now += 3600


def registrations(portal: Running) -> int:
    return [each.op for each in portal.agent.seen].count(Operation.REGISTER)


async def test_who_has_one_of_two_is_told_of_a_code(portal: Running) -> None:
    portal.agent.people[0].two_proof = True
    await with_one(portal)
    browser = await by_password(portal)
    page = await browser.open("/account")
    assert "You have 1 and need 2 before" in page.text
    assert "all of these are still mine" not in page.text
    before = registrations(portal)
    for path in ADDS:
        page = await browser.open(path)
        assert page.path == "/account"
        assert "I have a registration code" in page.text
    token = page.forms[-1].fields["token"]
    page = await browser.post("/account/confirm", {"token": token})
    assert page.path == "/account"
    assert registrations(portal) == before


async def test_a_second_code_lets_them_add_the_second(portal: Running) -> None:
    portal.agent.people[0].two_proof = True
    await with_one(portal)
    browser = await by_code(portal)
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    page = await browser.send(code=portal.code_mailed())
    assert page.path == "/account"
    assert "You have what you need" in page.text
    kinds = {str(row["kind"]) for row in portal.rows("proof")}
    assert kinds == {"recovery_code", "email"}
    asked = portal.agent.seen[-1]
    assert (asked.op, str(asked.origin and asked.origin.actor)) == (
        Operation.REGISTER,
        _HELPER,
    )


@pytest.mark.parametrize(
    ("address", "needs"), [("192.0.2.7", False), ("198.51.100.1", True)]
)
async def test_out_of_the_network_they_are_told_of_it(
    portal: Running, address: str, *, needs: bool
) -> None:
    own = {"allowed_from": "networks", "networks": ["192.0.2.0/24"]}
    await with_one(portal)
    portal.agent.people[0].registration.update(own)
    browser = await by_password(portal, address)
    page = await browser.open("/account/app")
    assert ("Another way can be added in your" in page.text) is needs
    assert (page.path == "/account/prove") is not needs


async def test_answers_are_no_second_way_to_add_another(portal: Running) -> None:
    """Beside the password that let them in they count nothing."""
    anna = portal.agent.people[0]
    anna.kinds = (*anna.kinds, "questions")
    await with_one(portal)
    anna.registration["allowed_from"] = "code"
    browser = await by_code(portal)
    await browser.open("/account/questions")
    await browser.send(**_ANSWERS)
    assert {row["kind"] for row in portal.rows("proof")} == {
        "recovery_code",
        "questions",
    }
    portal.clock.now += 3600
    browser = await by_password(portal)
    page = await browser.open("/account/app")
    assert "To add another way you need a registration code" in page.text
