"""An administrator lets an agent in on the page that the wizard shows."""

import pytest

from portal.agents.relay_http import RelayReply
from tests.fixtures.portal.browser import Answered
from tests.fixtures.portal.running import Running
from tests.fixtures.portal.staff import ADA, AUDREY, Staff, signed_in_staff
from tests.fixtures.portal.wizard import WaitingWizard
from wire.enrolment_code import RelayHalf


@pytest.fixture
async def wizard(portal: Running) -> WaitingWizard:
    wizard = WaitingWizard(portal)
    assert (await wizard.ask()).status == 200
    return wizard


@pytest.fixture
async def ada(portal: Running) -> Staff:
    return await signed_in_staff(portal, ADA)


async def followed(ada: Staff, wizard: WaitingWizard) -> Answered:
    return await ada.browser.open(f"/device?user_code={wizard.user_code}")


async def sent(ada: Staff, end: str, **typed: str) -> Answered:
    page = ada.browser.page
    assert page is not None
    action = next(each.action for each in page.forms if each.action.endswith(end))
    return await ada.browser.send(action, **typed)


async def test_what_is_to_be_compared_is_shown_and_the_wizard_goes_on(
    ada: Staff, wizard: WaitingWizard
) -> None:
    page = await followed(ada, wizard)
    assert page.heading == "Let this agent in?"
    assert wizard.keys.public.fingerprint in page.text
    assert ">srv2<" in page.text
    assert "198.51.100.4" in page.text
    page = await sent(ada, "/approve", compared="yes")
    assert page.heading == "The agent may come in"
    told = await wizard.poll()
    assert wizard.opened(told).link.agent == "srv2"
    events = wizard.portal.rows("event")
    approved = next(row for row in events if row["kind"] == "agent_approved")
    assert approved["actor"] == ADA.guid


async def test_nothing_is_approved_without_comparing(
    ada: Staff, wizard: WaitingWizard
) -> None:
    await followed(ada, wizard)
    page = await sent(ada, "/approve")
    assert (page.status, page.heading) == (422, "Let this agent in?")
    assert "Compare the fingerprint first" in page.text
    assert (await wizard.poll())["error"] == "authorization_pending"


async def test_refusing_needs_no_comparing_and_the_wizard_is_told(
    ada: Staff, wizard: WaitingWizard
) -> None:
    await followed(ada, wizard)
    page = await sent(ada, "/refuse")
    assert page.heading == "The agent is refused"
    assert (await wizard.poll())["error"] == "access_denied"
    page = await followed(ada, wizard)
    assert page.status == 404


async def test_who_signs_in_first_comes_to_the_page_then(
    portal: Running, ada: Staff, wizard: WaitingWizard
) -> None:
    await ada.browser.open("/staff")
    await sent(ada, "/sign-out")
    page = await followed(ada, wizard)
    assert page.path == "/staff/sign-in"
    page = await ada.sign_in()
    assert page.path == f"/staff/agent/{wizard.user_code}"
    await ada.browser.open("/staff")
    await sent(ada, "/sign-out")
    assert (await ada.sign_in()).path == "/staff/overview"  # once


async def test_the_passkey_is_used_again_and_one_comes_back(
    portal: Running, ada: Staff, wizard: WaitingWizard
) -> None:
    await followed(ada, wizard)
    portal.clock.now += 400
    page = await sent(ada, "/approve", compared="yes")
    assert page.path == "/staff/prove"
    page = await ada.prove_again()
    assert page.path == f"/staff/agent/{wizard.user_code}"
    assert (await wizard.poll())["error"] == "authorization_pending"


async def test_only_administrators_decide(
    portal: Running, wizard: WaitingWizard
) -> None:
    audrey = await signed_in_staff(portal, AUDREY)
    page = await followed(audrey, wizard)
    assert page.status == 403
    assert wizard.keys.public.fingerprint not in page.text


async def test_a_code_is_typed_as_well(ada: Staff, wizard: WaitingWizard) -> None:
    page = await ada.browser.open("/staff/agent")
    assert page.heading == "Bring an agent in"
    loose = wizard.user_code.lower().replace("-", "%20")
    page = await ada.browser.open(f"/staff/agent?user_code={loose}")
    assert page.heading == "Let this agent in?"
    page = await ada.browser.open("/staff/agent?user_code=12345678")
    assert "eight letters" in page.text
    page = await ada.browser.open("/staff/agent/BBBB-BBBB")
    assert page.status == 404
    assert "No wizard waits" in page.text


async def test_a_half_of_the_relays_owner_does_where_the_relay_makes_none(
    portal: Running, ada: Staff, wizard: WaitingWizard
) -> None:
    await followed(ada, wizard)
    body = b'{"error": "no", "reason": "not_allowed"}'
    portal.agent.refuses_order = RelayReply(403, body)
    page = await sent(ada, "/approve", compared="yes")
    assert page.status == 502
    assert "does not let this portal order codes" in page.text
    page = await sent(ada, "/approve", compared="yes", half="AAAA")
    assert page.status == 422
    half = RelayHalf.new()
    page = await sent(ada, "/approve", compared="yes", half=half.text)
    assert page.heading == "The agent may come in"
    told = await wizard.poll()
    assert wizard.opened(told).link.code.lookup == half.lookup


async def test_what_a_wizard_says_is_no_markup(portal: Running, ada: Staff) -> None:
    """A name has a fixed form; what else it sends is shown nowhere."""
    answered = await WaitingWizard(portal, agent="<b>srv</b>").ask()
    assert answered.status == 400
