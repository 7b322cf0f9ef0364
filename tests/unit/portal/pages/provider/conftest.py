"""A portal before an identity provider that stands in for one."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.fixtures.portal.browser import Answered, Browser
from tests.fixtures.portal.provider import (
    PROVIDER_ISSUER,
    SETTINGS,
    StandInProvider,
)
from tests.fixtures.portal.running import (
    Running,
    running,
)

GO, BACK = "/account/sign-in/provider", "/account/sign-in/provider/return"


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
