"""A clock that is wrong: found before it matters, and never taken for a withdrawal."""

import asyncio
import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from agent.config.settings import Relay
from agent.relay_client.endpoint import RelayEndpoint
from tests.fixtures.relay_stage import (
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    until,
)
from tests.unit.relay.wrong_clock import set_back
from wizard.checks.relay import check_relay
from wizard.enrolment import relay_client
from wizard.enrolment.relay_client import RelayFailed, withdraw
from wizard.results import Check


@pytest.fixture
def endpoint(stage: RelayStage) -> RelayEndpoint:
    return RelayEndpoint(Relay(url=f"https://127.0.0.1:{stage.port}", ca=str(stage.ca)))


async def withdrawn(endpoint: RelayEndpoint, agent: Enrolled) -> None:
    await asyncio.to_thread(withdraw, endpoint, agent.name, agent.keys)


async def test_what_is_signed_by_a_wrong_clock_is_no_withdrawal(
    stage: RelayStage,
    agent: Enrolled,
    endpoint: RelayEndpoint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_back(55 * 60, monkeypatch)
    with pytest.raises(RelayFailed, match=r"clock is 55 min behind the relay's\. Set"):
        await withdrawn(endpoint, agent)
    assert stage.store.agent(agent.name) is not None
    set_back(0, monkeypatch)
    await withdrawn(endpoint, agent)
    assert stage.store.agent(agent.name) is None
    await withdrawn(endpoint, agent)


async def test_another_agents_name_is_none_to_withdraw(
    stage: RelayStage, agent: Enrolled, endpoint: RelayEndpoint
) -> None:
    await withdrawn(endpoint, Enrolled(agent.name, agent.code))
    assert stage.store.agent(agent.name) is not None


async def test_a_relay_that_does_not_say_why_is_not_believed(
    agent: Enrolled, endpoint: RelayEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = relay_client.ask

    def ask_without_reason(*arguments: Any, **more: Any) -> relay_client.RelayAnswer:
        answered = ask(*arguments, **more)
        content = {k: v for k, v in answered.json().items() if k != "reason"}
        return replace(answered, body=json.dumps(content).encode())

    monkeypatch.setattr("wizard.enrolment.relay_client.ask", ask_without_reason)
    with pytest.raises(RelayFailed, match="is not signed by the agent"):
        await withdrawn(endpoint, Enrolled(agent.name, agent.code))


async def test_who_is_no_relay_withdraws_nothing(
    agent: Enrolled, endpoint: RelayEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = relay_client.RelayAnswer(
        401, b"<html>Sign in to the guest network</html>", 0.0
    )
    monkeypatch.setattr("wizard.enrolment.relay_client.ask", lambda *_: odd)
    with pytest.raises(RelayFailed, match="does not accept the key"):
        await withdrawn(endpoint, agent)


async def checked(endpoint: RelayEndpoint) -> Check:
    rows = await asyncio.to_thread(check_relay, endpoint, None, threading.Event())
    (row,) = [row for row in rows if row.id == "clock"]
    return row


def near(seconds: float, took: float) -> range:
    """Give what may be told: whole seconds, and an answer takes its time to come."""
    about = int(1 + took)
    return range(int(seconds) - about, int(seconds) + about + 1)


@pytest.mark.parametrize(
    ("behind", "state", "sentence"),
    [
        (0, "ok", "{} s apart from the relay's"),
        (90, "warning", "This machine's clock is {} s behind the relay's."),
        (-90, "warning", "This machine's clock is {} s ahead of the relay's."),
        (55 * 60, "failed", "This machine's clock is 55 min behind the relay's."),
        (-26 * 3600, "failed", "This machine's clock is 26 h ahead of the relay's."),
    ],
)
async def test_the_check_of_a_relay_compares_the_clocks(
    endpoint: RelayEndpoint,
    monkeypatch: pytest.MonkeyPatch,
    behind: float,
    state: str,
    sentence: str,
) -> None:
    set_back(behind, monkeypatch)
    began = time.monotonic()
    row = await checked(endpoint)
    took = time.monotonic() - began
    assert row.state == state
    assert row.detail in {sentence.format(each) for each in near(abs(behind), took)}
    assert bool(row.remedy) is (state != "ok")


async def test_a_listener_reports_the_clock(
    stage: RelayStage, agent: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_back(65 * 60, monkeypatch)
    async with listening_agent(stage, agent, echo, connected=False) as linked:
        await until(lambda: linked.reasons)
    assert linked.reasons[0].startswith("this machine's clock is 65 min behind")


async def test_a_relay_says_for_programs_why_it_takes_no_token(
    stage: RelayStage, agent: Enrolled
) -> None:
    tokens = {
        "no_token": "",
        "bad_token": "Bearer x",
        "wrong_key": stage.token(agent.name, key="wrong"),
        "expired_token": stage.token(agent.name, seconds=-1),
    }
    async with stage.client() as client:
        for reason, token in tokens.items():
            headers = {"ServiceBusAuthorization": token}
            async with client.post(f"/{agent.name}", headers=headers) as answer:
                assert answer.status == 401
                assert (await answer.json())["reason"] == reason
