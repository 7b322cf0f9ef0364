"""What a provider may not say in an ID token, and how it must be signed."""

from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.fixtures.portal.provider import (
    CLIENT,
    StandInProvider,
)
from tests.fixtures.portal.running import (
    PROVIDER_SECRET,
    Running,
)
from tests.unit.portal.pages.provider.conftest import (
    gone,
    signed_in,
)
from wire.operation import Operation

_OTHER = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig"})


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
