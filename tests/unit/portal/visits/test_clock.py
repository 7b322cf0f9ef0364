"""A clock that is off: it is said, nothing is sent, and nothing is good twice."""

import time
from types import SimpleNamespace

import pytest

from tests.fixtures.portal import agent as agent_module
from tests.fixtures.portal.running import ANNA, Running
from tests.unit.portal.conftest import Registered

_HOURS = 3 * 3600


@pytest.mark.parametrize("off_s", [_HOURS, -_HOURS])
async def test_where_clocks_differ_by_hours_no_password_is_sent(
    portal: Running, monkeypatch: pytest.MonkeyPatch, off_s: int
) -> None:
    clock = SimpleNamespace(time=lambda: time.time() + off_s)
    monkeypatch.setattr(agent_module, "time", clock)
    await portal.portal.services.agents.look()
    browser = portal.browser()
    await browser.open("/account/sign-in")
    page = await browser.send(name=ANNA.upn, password=ANNA.password)
    assert page.heading == "Not possible right now"
    assert portal.agent.seen == []
    (row,) = portal.rows("agent")
    assert "a clock is off" in str(row["failure"])


async def test_a_code_is_good_once_however_the_clock_goes(
    portal: Running, anna: Registered
) -> None:
    async def tried() -> bool:
        browser = portal.browser("198.51.100.9")
        await browser.open("/forgot")
        await browser.send(name=ANNA.upn)
        await browser.open("/forgot/app")
        page = await browser.send(code=anna.code(portal.clock.now))
        return page.heading == "Prove it is you (2 of 2)"

    assert await tried()
    portal.clock.now -= _HOURS
    assert not await tried()
    portal.clock.now += _HOURS + 60
    assert await tried()
