"""Rules: one key with Listen and Send, as Azure Relay has them."""

import json
from dataclasses import replace

import aiohttp
import pytest

from relay.cli.main import main
from tests.fixtures.relay_stage import Enrolled, RelayStage, echo, listening_agent


def make(
    stage: RelayStage,
    capsys: pytest.CaptureFixture[str],
    *words: str,
    name: str = "both",
) -> str:
    data = str(stage.folder / "data")
    assert main(["rule", "add", name, *words, "--data", data]) == 0
    return str(json.loads(capsys.readouterr().out)["key"])


async def sent(stage: RelayStage, path: str, key: str, name: str = "both") -> int:
    token = stage.token(path, key=key, key_name=name)
    headers = {"ServiceBusAuthorization": token}
    async with stage.client() as client, client.get(f"/{path}", headers=headers) as got:
        return got.status


async def listens(stage: RelayStage, path: str, key: str, name: str = "both") -> int:
    token = stage.token(path, key=key, key_name=name)
    headers = {"ServiceBusAuthorization": token}
    address = f"/$hc/{path}?sb-hc-action=listen"
    try:
        async with (
            stage.client() as client,
            client.ws_connect(address, headers=headers),
        ):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_one_rule_listens_and_sends(
    stage: RelayStage, agent: Enrolled, capsys: pytest.CaptureFixture[str]
) -> None:
    key = make(stage, capsys, "--agent", agent.name, "--listen", "--send")
    assert await listens(stage, agent.name, key) == 101
    async with listening_agent(stage, replace(agent), echo):
        assert await sent(stage, agent.name, key) == 200


@pytest.mark.parametrize("right", ["--listen", "--send"])
async def test_a_rule_has_no_other_right(
    stage: RelayStage,
    agent: Enrolled,
    capsys: pytest.CaptureFixture[str],
    right: str,
) -> None:
    key = make(stage, capsys, "--agent", agent.name, right)
    async with listening_agent(stage, agent, echo):
        statuses = (
            await sent(stage, agent.name, key),
            await listens(stage, agent.name, key),
        )
    assert statuses == ((403, 101) if right == "--listen" else (200, 403))


async def test_a_rule_opens_no_other_connection(
    stage: RelayStage, agent: Enrolled, capsys: pytest.CaptureFixture[str]
) -> None:
    other = await stage.enrol("agent2")
    key = make(stage, capsys, "--agent", agent.name, "--listen", "--send")
    assert await sent(stage, other.name, key) == 401
    assert await listens(stage, other.name, key) == 401


async def test_a_rule_that_was_removed_proves_nothing(
    stage: RelayStage, agent: Enrolled, capsys: pytest.CaptureFixture[str]
) -> None:
    key = make(stage, capsys, "--agent", agent.name, "--send")
    data = ["--data", str(stage.folder / "data")]
    assert main(["rule", "list", *data]) == 0
    listed = capsys.readouterr().out
    assert "both  connection agent1  send" in listed
    assert key not in listed
    assert main(["rule", "remove", "both", *data]) == 0
    assert await sent(stage, agent.name, key) == 401
    assert main(["rule", "remove", "both", *data]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["listen", "--agent", "agent1", "--send"],
        ["portal-acme", "--agent", "agent1", "--send"],
        ["a b", "--agent", "agent1", "--send"],
        ["both", "--agent", "nobody", "--send"],
        ["both", "--agent", "agent1"],
    ],
)
async def test_a_rule_that_can_not_be_is_refused(
    stage: RelayStage, agent: Enrolled, words: list[str]
) -> None:
    assert agent.name == "agent1"
    data = ["--data", str(stage.folder / "data")]
    assert main(["rule", "add", *words, *data]) == 1
    assert stage.store.rules() == []


async def test_who_is_forgotten_leaves_no_rule(
    stage: RelayStage, agent: Enrolled, capsys: pytest.CaptureFixture[str]
) -> None:
    make(stage, capsys, "--agent", agent.name, "--send")
    data = ["--data", str(stage.folder / "data")]
    assert main(["forget", agent.name, *data]) == 0
    assert stage.store.rules() == []
