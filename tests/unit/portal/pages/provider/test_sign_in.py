"""Who signs in at the provider registers here; else nobody gets in."""

import base64
import hashlib
import logging
from typing import Any
from uuid import UUID

import pytest

from portal.provider.errors import ProviderAway, ProviderRefused
from tests.fixtures.portal.provider import (
    CLIENT,
    PROVIDER_ISSUER,
    StandInProvider,
)
from tests.fixtures.portal.running import (
    ANNA,
    BEN,
    PROVIDER_SECRET,
    Running,
)
from tests.unit.portal.pages.provider.conftest import (
    BACK,
    GO,
    back,
    gone,
    signed_in,
)
from wire.operation import Operation


async def test_who_signed_in_there_registers_here(
    portal: Running, provider: StandInProvider
) -> None:
    browser = portal.browser()
    page = await browser.open("/account/sign-in")
    assert "Sign in with Contoso ID" in page.text
    page = await signed_in(browser, provider)
    assert page.heading == "You are signed in"
    assert 'content="0;url=/account"' in page.text
    await browser.open("/account/recovery")
    page = await browser.send()
    assert "I kept them" in page.text
    claim = portal.agent.seen[-1].sign_in
    assert claim is not None
    assert (claim.at, claim.token) == (int(portal.clock.now) - 10, None)
    looked = [each for each in portal.agent.seen if each.op is Operation.LOOKUP]
    assert [each.purpose for each in looked] == ["sign_in"]


async def test_what_is_asked_and_sent(
    portal: Running, provider: StandInProvider
) -> None:
    browser = portal.browser()
    asked = await gone(browser, provider)
    assert asked["redirect_uri"] == f"https://portal.contoso.test{BACK}"
    assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
    assert (asked["scope"], asked["max_age"]) == ("openid profile", "300")
    await back(browser, state=asked["state"])
    _, form, headers = provider.asked[-1]
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert (asked["code_challenge_method"], asked["code_challenge"]) == (
        "S256",
        challenge,
    )
    named = base64.b64encode(f"{CLIENT}:{PROVIDER_SECRET}".encode()).decode()
    assert headers["authorization"] == f"Basic {named}"
    assert form["redirect_uri"] == asked["redirect_uri"]
    assert "client_secret" not in form


async def test_its_cookie_is_short_and_comes_back_from_another_site(
    portal: Running,
) -> None:
    answer = await portal.browser().raw("GET", GO, b"", {})
    assert answer.status == 303
    browser = portal.browsers[-1]
    assert "__Host-provider" in browser.cookies
    row = portal.rows("provider_sign_in")[0]
    assert row["ends"] == int(portal.clock.now) + 600
    assert browser.cookies["__Host-provider"] not in str(row)


async def test_state_is_good_once_and_in_its_browser(
    portal: Running, provider: StandInProvider
) -> None:
    first, second = portal.browser(), portal.browser("198.51.100.9")
    theirs = await gone(first, provider)
    own = await gone(second, provider)
    # whoever makes somebody's browser come back with their own code
    page = await back(second, state=theirs["state"])
    assert page.status == 422
    page = await back(portal.browser("203.0.113.4"), state=theirs["state"])
    assert page.status == 422
    # what was once taken is over, also the right one
    page = await back(second, state=own["state"])
    assert page.status == 422
    assert (await signed_in(first, provider)).status == 200
    assert not [e for e in provider.asked if e[1].get("code")][1:]


async def test_it_is_over_after_ten_minutes(
    portal: Running, provider: StandInProvider
) -> None:
    browser = portal.browser()
    sent = await gone(browser, provider)
    portal.clock.now += 600
    assert (await back(browser, state=sent["state"])).status == 422


@pytest.mark.parametrize("iss", ["https://login.evil.test", ""])
async def test_who_sent_them_back_is_seen(
    portal: Running, provider: StandInProvider, iss: str
) -> None:
    browser = portal.browser()
    sent = await gone(browser, provider)
    assert (await back(browser, state=sent["state"], iss=iss)).status == 422


async def test_who_gave_up_there_is_sent_on(
    portal: Running, provider: StandInProvider
) -> None:
    browser = portal.browser()
    sent = await gone(browser, provider)
    page = await back(browser, state=sent["state"], error="access_denied")
    assert page.heading == "You are not signed in"
    assert "Try again" in page.text


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ProviderAway("TimeoutError"), (503, "Contoso ID does not answer")),
        (ProviderRefused("a redirect (HTTP 302)"), (422, "You are not signed in")),
    ],
)
async def test_where_it_is_away_there_is_another_way(
    portal: Running,
    provider: StandInProvider,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    shown: tuple[int, str],
) -> None:
    provider.away = error
    page = await portal.browser().open(GO)
    assert (page.status, page.heading) == shown
    assert 'href="/account/sign-in"' in page.text
    assert str(error) in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://login.evil.test"},
        {"issuer": f"{PROVIDER_ISSUER}/"},
        {"authorization_endpoint": "http://login.contoso.test/authorize"},
        {"token_endpoint": "https:///token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "https://login.contoso.test/a\r\nset-cookie: x"},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=str,
)
async def test_a_document_that_is_not_its_own_is_refused(
    portal: Running, provider: StandInProvider, wrong: dict[str, Any]
) -> None:
    provider.metadata |= wrong
    assert (await portal.browser().open(GO)).status == 422
    assert len(provider.asked) == 1


async def test_somebody_whom_the_directory_does_not_know_gets_in_nowhere(
    portal: Running, provider: StandInProvider
) -> None:
    for upn in (BEN.upn, "nobody@contoso.test"):
        provider.token = {"upn": upn}
        page = await signed_in(portal.browser(), provider)
        assert (page.status, page.heading) == (403, "Not with this sign-in")
    assert portal.rows("session") == []


async def test_the_agents_say_for_whom_it_is(
    portal: Running, provider: StandInProvider
) -> None:
    portal.agent.people[0].registration["provider_sign_in"] = False
    page = await signed_in(portal.browser(), provider)
    assert page.status == 403
    assert portal.rows("session") == []


async def test_where_no_agent_takes_it_the_way_is_not_there(
    portal: Running, provider: StandInProvider
) -> None:
    asked = portal.agent.ready["self_service"]["registration"]
    asked["provider_sign_in"] = False
    await portal.portal.services.agents.look()
    browser = portal.browser()
    assert "Contoso ID" not in (await browser.open("/account/sign-in")).text
    assert (await browser.open(GO)).status == 404
    assert (await browser.open(f"{BACK}?code=x&state=y")).status == 404
    assert provider.asked == []


async def test_a_code_is_needed_where_the_agents_ask_for_one(
    portal: Running, provider: StandInProvider
) -> None:
    portal.agent.people[0].registration["allowed_from"] = "code"
    browser = portal.browser()
    await signed_in(browser, provider)
    page = await browser.open("/account")
    assert "you need a registration code" in page.text


async def test_the_session_ends_when_agents_take_it_no_more(
    portal: Running, provider: StandInProvider
) -> None:
    provider.token = {"auth_time": int(portal.clock.now) - 290}
    browser = portal.browser()
    await signed_in(browser, provider)
    portal.clock.now += 609
    assert (await browser.open("/account")).path == "/account"
    portal.clock.now += 1
    assert (await browser.open("/account")).path == "/account/sign-in"


@pytest.mark.parametrize("own", [{"claim": "oid", "means": "objectGUID"}])
async def test_an_object_guid_is_read_as_text_and_as_entra_has_it(
    portal: Running, provider: StandInProvider
) -> None:
    raw = base64.b64encode(UUID(ANNA.guid).bytes_le).decode()
    for value in (ANNA.guid, ANNA.guid.upper(), raw):
        provider.token = {"oid": value}
        assert (await signed_in(portal.browser(), provider)).status == 200, value
    provider.token = {"oid": "no guid"}
    assert (await signed_in(portal.browser(), provider)).status == 422


async def test_no_secret_is_kept_or_logged(
    portal: Running, provider: StandInProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = portal.browser()
    sent = await gone(browser, provider)
    held = f"{portal.rows('provider_sign_in')}{portal.rows('event')}"
    verifier_of = sent["state"]
    await back(browser, state=sent["state"], code="canary-code-77aa")
    held += f"{portal.rows('provider_sign_in')}{portal.rows('event')}{caplog.text}"
    verifier = provider.asked[-1][1]["code_verifier"]
    for secret in (PROVIDER_SECRET, verifier, verifier_of, sent["nonce"], "canary-c"):
        assert secret not in held
