"""A portal in Node, written from docs/wire.md alone, as those of others are."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from lab.agent_settings import AGENT
from tests.fixtures.agent_stage import CANARY, ISSUER, AgentStage
from tests.fixtures.node_package import node_package
from tests.fixtures.relay_stage import RelayStage, listening_agent, relay_stage
from tests.fixtures.vectors.tokens import FOLDER, read
from wire.outcomes import Code

_SOURCES = Path(__file__).parent / "node_portal"


@pytest.fixture(scope="session")
def portal() -> Path:
    return node_package(_SOURCES, "portal.mjs", "jose")


async def told(portal: Path, asked: dict[str, Any], ca: Path | None = None) -> Any:
    """Run the portal; give what it prints."""
    process = await asyncio.create_subprocess_exec(
        "node",
        # Node 18 tries ::1 for localhost and nothing else; the relay is on IPv4
        *("--dns-result-order=ipv4first", str(portal)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **({"NODE_EXTRA_CA_CERTS": str(ca)} if ca else {})},
    )
    output, errors = await process.communicate(json.dumps(asked).encode())
    assert process.returncode == 0, errors.decode()
    return json.loads(output)


async def test_it_takes_and_refuses_what_the_vectors_say(portal: Path) -> None:
    taken = await told(portal, {"mode": "vectors", "folder": str(FOLDER)})
    due = {
        "parties": {each["name"]: each["fingerprint"] for each in read("parties")},
        "requests": {
            each["name"]: each["claims"]
            for each in read("requests")
            if "claims" in each
        },
        "access_signatures": {
            each["name"]: each["token"] for each in read("access_signatures")
        },
    }
    joined = [each for each in read("codes") if "half" in each and "-" in each["code"]]
    due["codes"] = {each["name"]: each["code"] for each in joined}
    for kind in ("answers", "statements"):
        due[kind] = {each["name"]: each.get("claims") for each in read(kind)}
    assert taken == due


def asked_of(relay: RelayStage, stage: AgentStage) -> dict[str, Any]:
    keys = {
        "sig": stage.portal.signing.as_dict(private=True),
        "enc": stage.portal.sealing.as_dict(private=True),
    }
    old = stage.lab.start_password
    people = {"reset": "anna", "change": "david", "unlock": "ines"}
    upns = {key: stage.lab.people[name]["upn"] for key, name in people.items()}
    return {
        "mode": "live",
        "portal": {
            "issuer": ISSUER,
            "keys": keys,
            "password": CANARY,
            "old_password": old,
        },
        "relay": {
            "url": relay.url,
            "host": f"localhost:{relay.port}",
            "key_name": relay.portal.send_key_name,
            "key": relay.portal.send_key,
        },
        "agent": AGENT,
        "fingerprint": stage.keys.public.fingerprint,
        "people": upns | {"nobody": "nobody@corp.test"},
    }


async def test_it_asks_an_agent_for_everything(
    portal: Path, stage: AgentStage, tmp_path: Path
) -> None:
    async with relay_stage(tmp_path / "relay") as relay:
        enrolled = await relay.enrol(AGENT)
        async with listening_agent(relay, enrolled, stage.served.handle):
            answers = await told(portal, asked_of(relay, stage), relay.ca)
    codes = {
        name: answer["code"]
        for name, answer in answers.items()
        if isinstance(answer, dict) and "code" in answer
    }
    assert codes == {
        **dict.fromkeys(("check", "reset", "again", "change", "unlock"), Code.OK),
        "nobody": Code.USER_NOT_FOUND,
        "bad": Code.BAD_REQUEST,
        "stale": Code.STALE_KEY,
    }
    assert answers["ready"]["ready"] is True
    assert answers["bad"]["detail"].startswith("op:")
    ids = {answers["reset"]["id"], answers["again"]["id"]}
    assert ids | {each["id"] for each in answers["at_once"]} == {answers["reset"]["id"]}
    stage.lab.sign_in(stage.lab.people["anna"]["upn"], CANARY)
