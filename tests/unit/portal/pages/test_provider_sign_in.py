"""Who signs in at the provider registers here; what it may not say is refused."""

import base64
import hashlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from joserfc.jwk import OctKey, RSAKey

from portal.provider.errors import ProviderAway, ProviderRefused
from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.provider import (
    CLIENT,
    PROVIDER_ISSUER,
    SETTINGS,
    StandInProvider,
)
from tests.fixtures.portal.running import (
    ANNA,
    BEN,
    PROVIDER_SECRET,
    Running,
    running,
)
from wire.operation import Operation

GO, BACK = "/account/sign-in/provider", "/account/sign-in/provider/return"
_OTHER = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})


@pytest.fixture
def provider() -> StandInProvider:
    return StandInProvider()


@pytest.fixture
def own() -> dict[str, Any]:
    """Settings of the provider in place of those of all."""
    return {}


@pytest.fixture
async def portal(
    tmp_path: Path, provider: StandInProvider, own: dict[str, Any]
) -> AsyncIterator[Running]:
    more = {"identity_provider": SETTINGS | own, "open_provider": provider.opener}
    async with running(tmp_path, **more) as run:  # type: ignore[arg-type]
        provider.now = run.clock.now
        asked = run.agent.ready["self_service"]["registration"]
        asked["provider_sign_in"] = True
        for person in run.agent.people:
            person.registration["provider_sign_in"] = True
        await run.portal.services.agents.look()
        yield run


async def gone(browser: Browser, provider: StandInProvider) -> dict[str, str]:
    """Go to the provider; give what the browser was sent with."""
    answer = await browser.raw("GET", GO, b"", {})
    assert answer.status == 303, answer.text
    return provider.sent(answer.headers["location"])


async def back(browser: Browser, **brought: str) -> Answered:
    named = {"code": "a-code", "iss": PROVIDER_ISSUER, **brought}
    return await browser.open(f"{BACK}?{urlencode(named)}")


async def signed_in(browser: Browser, provider: StandInProvider) -> Answered:
    sent = await gone(browser, provider)
    return await back(browser, state=sent["state"])


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


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://login.evil.test"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another-client"},
        {"nonce": "of-another"},
        {"nonce": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 1_900_000_000, "exp": 1_900_000_300},
        {"iat": 1_799_990_000},
        {"nbf": 1_900_000_000},
        {"sub": None},
        {"auth_time": None},
        {"auth_time": 1_799_999_000},
        {"auth_time": 1_900_000_000},
        {"auth_time": "now"},
        {"auth_time": True},
        {"upn": None},
        {"upn": ["anna@contoso.test"]},
        {"upn": "a" * 300},
    ],
    ids=str,
)
async def test_a_token_that_says_something_else_is_refused(
    portal: Running, provider: StandInProvider, said: dict[str, Any]
) -> None:
    provider.token = said
    page = await signed_in(portal.browser(), provider)
    assert (page.status, page.heading) == (422, "You are not signed in")
    assert portal.rows("session") == []
    assert not [each for each in portal.agent.seen if each.op is Operation.LOOKUP]
    refused = [e for e in portal.rows("event") if e["kind"] == "sign_in_refused"]
    assert [each["code"] for each in refused] == ["provider_refused"]


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ({"alg": "none"}, None),
        ({"alg": "none", "kid": "one"}, None),
        ({"alg": "RS256", "kid": "one"}, _OTHER),
        ({"alg": "RS256", "kid": "two"}, None),
        ({"alg": "RS512", "kid": "one"}, None),
        ({"alg": "HS256", "kid": "one"}, OctKey.import_key(PROVIDER_SECRET)),
        ({"alg": "RS256", "kid": "one", "crit": ["x"], "x": 1}, None),
    ],
    # a key is called by its kind: where it lies in memory is another for each worker
    ids=lambda value: str(value) if isinstance(value, dict) else type(value).__name__,
)
async def test_a_token_that_is_signed_otherwise_is_refused(
    portal: Running,
    provider: StandInProvider,
    header: dict[str, Any],
    key: RSAKey | OctKey | None,
) -> None:
    provider.header, provider.signed_by = header, key or provider.key
    page = await signed_in(portal.browser(), provider)
    assert page.status == 422
    assert portal.rows("session") == []


async def test_a_key_that_is_new_is_asked_for_and_not_over_and_over(
    portal: Running, provider: StandInProvider
) -> None:
    await signed_in(portal.browser(), provider)
    new = RSAKey.generate_key(2048, parameters={"kid": "new", "use": "sig"})
    provider.keys, provider.signed_by = [provider.key, new], new
    provider.header = {"alg": "RS256", "kid": "new"}
    assert (await signed_in(portal.browser(), provider)).status == 422
    portal.clock.now += 61
    provider.now = portal.clock.now
    assert (await signed_in(portal.browser(), provider)).status == 200
    keys = [url for url, _, _ in provider.asked if url.endswith("/keys")]
    assert len(keys) == 2


async def test_a_weak_key_is_refused(
    portal: Running, provider: StandInProvider
) -> None:
    with pytest.warns(Warning, match="."):
        weak = RSAKey.generate_key(1024, parameters={"kid": "one", "use": "sig"})
    provider.keys, provider.signed_by = [weak], weak
    assert (await signed_in(portal.browser(), provider)).status == 422


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


@pytest.mark.parametrize("own", [{"acr": ["phr", "phrh"], "amr": ["mfa", "hwk"]}])
async def test_how_they_signed_in_there_may_be_asked_for(
    portal: Running, provider: StandInProvider
) -> None:
    browser = portal.browser()
    assert (await gone(browser, provider))["acr_values"] == "phr phrh"
    for said, status in (
        ({"acr": "phr", "amr": ["hwk", "mfa", "pin"]}, 200),
        ({"acr": "phr", "amr": ["hwk"]}, 422),
        ({"acr": "phr", "amr": "hwk mfa"}, 422),
        ({"acr": "pwd", "amr": ["hwk", "mfa"]}, 422),
        ({"amr": ["hwk", "mfa"]}, 422),
    ):
        provider.token = said
        assert (await signed_in(portal.browser(), provider)).status == status, said


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
