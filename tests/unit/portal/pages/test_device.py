"""Wizards that ask the portal for a code (RFC 8628), and what they can't get."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from portal.agents.code_orders import NotOrdered
from portal.agents.relay_http import RelayReply
from portal.database.device_grants import DeviceGrant
from portal.journeys.device_grant import LIFETIME_S
from portal.services import BrowserOrigin
from portal.visits.device import DeviceGrants, TooMany
from tests.fixtures.portal.running import Running, running
from tests.fixtures.portal.wizard import HOST, WaitingWizard
from wire.enrolment.device_grant import (
    LETTERS,
    open_enrolment,
    sign_device_request,
    typed,
)
from wire.enrolment_code import RelayHalf
from wire.jose import body_hash
from wire.keys import PrivateKeys, fingerprint_digest
from wire.outcomes import Refused

ADMIN = "00000000-0000-4000-8000-00000000000a"
DESK = BrowserOrigin(address="192.0.2.9", agent="a browser of the tests")


def grants(portal: Running) -> DeviceGrants:
    return DeviceGrants(portal.portal.services)


async def found(portal: Running, wizard: WaitingWizard) -> DeviceGrant:
    grant = await grants(portal).find(wizard.user_code, DESK)
    assert grant is not None
    return grant


async def approved(portal: Running, wizard: WaitingWizard) -> None:
    assert (await wizard.ask()).status == 200
    assert await grants(portal).approve(await found(portal, wizard), ADMIN, DESK)


async def test_who_was_approved_gets_the_whole_code_once(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    assert (await wizard.ask()).status == 200
    assert (await wizard.poll())["error"] == "authorization_pending"
    grant = await found(portal, wizard)
    assert grant.agent == "srv2"
    assert grant.agent_keys.fingerprint == wizard.keys.public.fingerprint
    assert await grants(portal).approve(grant, ADMIN, DESK)
    portal.clock.now += 5
    told = await wizard.poll()
    enrolment = wizard.opened(told)
    (order,) = portal.agent.orders
    assert enrolment.link.relay == "https://relay.test"
    assert enrolment.link.agent == order.agent == "srv2"
    assert enrolment.link.code.lookup == order.code
    assert order.agent_key == wizard.keys.public.signing.thumbprint()
    assert enrolment.organization == "Contoso"
    digest = fingerprint_digest(portal.portal.services.orders.keys.public.jwks())
    assert enrolment.link.code.is_for(digest)
    assert (await wizard.poll())["error"] == "invalid_grant"


async def test_the_answer_is_sealed_to_the_agent_that_was_compared(
    portal: Running,
) -> None:
    wizard = WaitingWizard(portal)
    await approved(portal, wizard)
    token = (await wizard.poll())["access_token"].encode()
    assert b"writeback" not in token
    asked = body_hash(wizard.asked)
    with pytest.raises(Refused, match="not sealed for this agent"):
        open_enrolment(token, PrivateKeys.generate(), asked)
    with pytest.raises(Refused, match="another request"):
        open_enrolment(token, wizard.keys, body_hash(b"another"))
    other = replace(wizard.keys, signing=PrivateKeys.generate().signing)
    with pytest.raises(Refused, match="another request"):
        open_enrolment(token, other, asked)


async def test_refused_and_late_wizards_get_nothing(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    await wizard.ask()
    grant = await found(portal, wizard)
    assert await grants(portal).refuse(grant, ADMIN, DESK)
    assert (await wizard.poll())["error"] == "access_denied"
    assert not await grants(portal).approve(grant, ADMIN, DESK)
    late = WaitingWizard(portal)
    await approved(portal, late)
    portal.clock.now += LIFETIME_S
    assert (await late.poll())["error"] == "expired_token"
    assert await grants(portal).find(late.user_code, DESK) is None


async def test_a_relay_that_makes_no_code_leaves_the_wizard_waiting(
    portal: Running,
) -> None:
    wizard = WaitingWizard(portal)
    await wizard.ask()
    grant = await found(portal, wizard)
    body = json.dumps({"error": "not\x1b[2J allowed", "reason": "not_allowed"})
    portal.agent.refuses_order = RelayReply(403, body.encode())
    with pytest.raises(NotOrdered) as refused:
        await grants(portal).approve(grant, ADMIN, DESK)
    assert refused.value.reason == "not_allowed"
    assert "\x1b" not in str(refused.value)
    assert (await wizard.poll())["error"] == "authorization_pending"
    half = RelayHalf.new()
    assert await grants(portal).approve(grant, ADMIN, DESK, half=half)
    portal.clock.now += 5
    told = await wizard.poll()
    assert wizard.opened(told).link.code.lookup == half.lookup


@pytest.mark.parametrize("body", [b"", b"x" * 9000, b"a.b.c", b"e30.e30.e30"])
async def test_what_is_no_request_is_refused(portal: Running, body: bytes) -> None:
    answered = await WaitingWizard(portal).ask(body)
    assert answered.status in (400, 413)
    assert portal.rows("device_grant") == []


async def test_a_request_for_another_portal_is_refused(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    other = sign_device_request(wizard.keys, "srv2", "portal.other.test")
    assert (await wizard.ask(other)).status == 400
    assert (await wizard.ask(client_id="another")).status == 401
    right = sign_device_request(wizard.keys, "srv2", HOST)
    assert (await wizard.ask(right)).status == 200


async def test_an_address_asks_so_often_and_no_more(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    for _ in range(20):
        assert (await wizard.ask()).status == 200
    refused = await wizard.ask()
    assert refused.status == 429
    assert json.loads(refused.body)["error"] == "temporarily_unavailable"
    assert (await WaitingWizard(portal, address="198.51.100.5").ask()).status == 200


async def test_user_codes_are_not_guessed(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    await wizard.ask()
    for _ in range(10):
        assert await grants(portal).find("BBBB-BBBB", DESK) is None
    with pytest.raises(TooMany):
        await grants(portal).find(wizard.user_code, DESK)
    other = replace(DESK, address="192.0.2.10")
    for _ in range(20):  # who is right is not counted
        assert await grants(portal).find(wizard.user_code, other) is not None


async def test_a_user_code_is_read_as_people_type_it(portal: Running) -> None:
    wizard = WaitingWizard(portal)
    await wizard.ask()
    code = wizard.user_code
    assert set(code) <= {*LETTERS, "-"}
    for spelling in (code.lower(), code.replace("-", " "), f" {code} ", code[:4]):
        grant = await grants(portal).find(spelling, DESK)
        assert (grant is not None) is bool(typed(spelling))


async def test_no_code_is_kept_plain_and_each_step_is_an_event(
    portal: Running,
) -> None:
    wizard = WaitingWizard(portal)
    await approved(portal, wizard)
    kept = repr([portal.rows(table) for table in ("device_grant", "event")])
    for secret in (wizard.begun["device_code"], typed(wizard.user_code), "code="):
        assert secret not in kept
    portal.clock.now += 5
    link = wizard.opened(await wizard.poll()).link
    kinds = [str(row["kind"]) for row in portal.rows("event")]
    assert kinds[-3:] == ["agent_asked", "agent_approved", "agent_code_taken"]
    assert link.code.text not in repr(portal.rows("event"))
    (row,) = portal.rows("device_grant")
    assert row["link"] is None


async def test_a_page_of_others_asks_nothing(portal: Running) -> None:
    browser = portal.browser()
    browser.headers = {"sec-fetch-site": "cross-site"}
    for path in ("/device/authorize", "/device/token"):
        assert (await browser.post(path, {"client_id": "x"})).status == 403


async def test_administrators_are_told_who_let_an_agent_in(tmp_path: Path) -> None:
    told = {"administrators": ["it@contoso.test"]}
    async with running(tmp_path, notify=told) as portal:
        portal.mails()  # what the start itself told
        wizard = WaitingWizard(portal)
        await approved(portal, wizard)
        (mail,) = portal.mails()
        assert (mail.kind, mail.to) == ("agent_let_in", "it@contoso.test")
        assert mail.subject == "An agent was let in: srv2"
        assert wizard.keys.public.fingerprint in mail.text
        assert "on the portal's own server" in mail.text  # no such person is known
        assert "The browser was at 192.0.2.9" in mail.text
        refused = WaitingWizard(portal)
        await refused.ask()
        await grants(portal).refuse(await found(portal, refused), ADMIN, DESK)
        assert portal.mails() == []
