"""Who confirms their methods has new receipts of them, also after a new agent's key."""

import pytest

from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered
from tests.unit.portal.pages.test_fewer_than_asked import by_code
from wire.operation import Operation

_FORMER = "receipt-of-a-key-that-nobody-trusts"


@pytest.fixture
def anna_before(portal: Running, anna: Registered) -> Registered:
    """Anna, whose receipts were signed by a key that is trusted no more."""
    with portal.portal.services.database.begin() as connection:
        connection.exec_driver_sql("UPDATE proof SET receipt = ?", (_FORMER,))
    return anna


def receipts(portal: Running) -> set[str]:
    return {str(row["receipt"]) for row in portal.rows("proof")}


async def confirmed(browser: Browser) -> Answered:
    page = await browser.open("/account")
    assert "all of these are still mine" in page.text
    token = page.forms[0].fields["token"]
    return await browser.post("/account/confirm", {"token": token})


async def signed_in(portal: Running, anna: Registered) -> Browser:
    """Sign Anna in by her password, where she proves it by her app."""
    browser = portal.browser()
    await browser.open("/account/sign-in")
    await browser.send(name=ANNA.upn, password=ANNA.password)
    await browser.open("/account/prove")
    await browser.send("/account/prove/app", code=anna.code(portal.clock.now))
    return browser


async def test_what_is_there_is_registered_anew(
    portal: Running, anna_before: Registered
) -> None:
    page = await confirmed(await signed_in(portal, anna_before))
    assert page.path == "/account"
    assert len(receipts(portal)) == 2
    assert all(each.startswith(f"receipt-{ANNA.guid}") for each in receipts(portal))


async def test_two_proof_people_need_a_code_for_it(
    portal: Running, anna_before: Registered
) -> None:
    """What they prove is worth nothing at the agent, and their password not enough."""
    portal.agent.people[0].two_proof = True
    page = await confirmed(await signed_in(portal, anna_before))
    assert (page.status, page.heading) == (409, "You need a registration code")
    assert "was replaced since" in page.text
    assert "/account/sign-in/code" in page.text
    assert receipts(portal) == {_FORMER}
    page = await confirmed(await by_code(portal))
    assert page.path == "/account"
    assert _FORMER not in receipts(portal)


async def test_who_adds_another_way_is_told_the_same(
    portal: Running, anna_before: Registered
) -> None:
    portal.agent.people[0].two_proof = True
    browser = await signed_in(portal, anna_before)
    await browser.open("/account/email")
    await browser.send(address="anna@example.org")
    page = await browser.send(code=portal.code_mailed())
    assert (page.status, page.heading) == (409, "You need a registration code")
    assert len(portal.rows("proof")) == 2


async def test_out_of_the_network_they_may_come_from_there_as_well(
    portal: Running, anna_before: Registered
) -> None:
    own = {"allowed_from": "networks", "networks": ["203.0.113.0/24"]}
    portal.agent.people[0].registration.update(own)
    page = await confirmed(await signed_in(portal, anna_before))
    assert page.status == 409
    assert "Open this page in your organization" in page.text


async def test_a_receipt_that_counts_is_sent_and_keeps_its_age(
    portal: Running, anna: Registered
) -> None:
    await confirmed(await signed_in(portal, anna))
    asked = [each.proof for each in portal.agent.seen if each.op is Operation.REGISTER]
    assert [each is not None and each.receipt is not None for each in asked[-2:]] == [
        True,
        True,
    ]
