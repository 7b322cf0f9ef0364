"""Of several domains none tells by its time who is in which, nor speaks for another."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from portal.agents.answer import Answer
from portal.agents.exchange import AgentExchange
from tests.fixtures.portal.browser import Browser
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered


class _Domains:
    """The agents of `contoso` and `other`: a lookup waits until both were asked."""

    def __init__(self, portal: Running) -> None:
        services = portal.portal.services
        first = services.settings.agents[0]
        second = first.model_copy(update={"domain": "other", "name": "srv2"})
        settings = services.settings.model_copy(update={"agents": (first, second)})
        object.__setattr__(services, "settings", settings)
        self._read = services.agents.read
        self.lookups: list[str] = []
        self.both = asyncio.Event()
        self.lies: dict[str, Answer] = {}

    async def read(
        self, domain: str, claims: Mapping[str, Any]
    ) -> tuple[Answer, AgentExchange]:
        if claims["op"] == "lookup":
            self.lookups.append(domain)
            if len(self.lookups) == 2:
                self.both.set()
            async with asyncio.timeout(5):
                await self.both.wait()
        answer, agent = await self._read("contoso", claims)
        if domain == "other" and claims["op"] == "lookup" and domain not in self.lies:
            answer = Answer.model_validate({"code": "user_not_found"})
        return self.lies.get(domain, answer), agent


@pytest.fixture
def domains(portal: Running, monkeypatch: pytest.MonkeyPatch) -> _Domains:
    made = _Domains(portal)
    monkeypatch.setattr(portal.portal.services.agents, "read", made.read)
    return made


async def _forgot(browser: Browser, name: str, code: str) -> str:
    await browser.open("/forgot")
    await browser.send(name=name)
    await browser.open("/forgot/app")
    page = await browser.send(code=code)
    return page.path


@pytest.mark.parametrize("name", [ANNA.upn, "nobody@contoso.test"])
async def test_all_domains_are_asked_at_once_whoever_it_is(
    portal: Running, domains: _Domains, name: str
) -> None:
    await _forgot(portal.browser(), name, "000000")
    assert sorted(domains.lookups) == ["contoso", "other"]


async def test_a_sign_in_asks_all_of_them_too(
    portal: Running, domains: _Domains
) -> None:
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert page.path == "/account"
    assert sorted(domains.lookups) == ["contoso", "other"]


async def test_an_agent_speaks_for_nobody_of_another_domain(
    portal: Running, anna: Registered, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent of `other` says that a name of its own is Anna of `contoso`."""
    services = portal.portal.services
    assert anna.codes
    before = portal.rows("person")
    found = next(each for each in portal.agent.answered if "person" in each)
    made = _Domains(portal)
    made.both.set()
    made.lies = {
        "contoso": Answer.model_validate({"code": "user_not_found"}),
        "other": Answer.model_validate({**found, "code": "ok"}),
    }
    monkeypatch.setattr(services.agents, "read", made.read)
    browser = portal.browser("203.0.113.9")
    await browser.open("/account/sign-in")
    page = await browser.send(name="mallory@other.test", password="x")
    assert (page.status, page.path) == (422, "/account/sign-in")
    assert portal.rows("person") == before
    code = anna.code(portal.clock.now)
    assert await _forgot(browser, "mallory@other.test", code) == "/forgot/app"
