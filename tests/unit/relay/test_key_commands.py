"""The owner's commands: codes, portals and shared keys, listed, changed, revoked."""

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relay.cli.main import main
from relay.database.portal_keys import SUCCESSION
from relay.database.records import Agent, Portal
from relay.database.store import Store, utc
from tests.unit.relay.test_main import (
    ISSUER,
    PORTAL_KEYS,
    add_portal,
    new_data,
    stated,
)
from wire import jose
from wire.enrolment_code import parse_half
from wire.keys import PrivateKeys
from wire.portal_statement import PortalStatement

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = new_data(tmp_path)
    assert add_portal(data, stated(tmp_path / "statement", PORTAL_KEYS)) == 0
    return data


@pytest.fixture
def run(data: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([*words, "--data", str(data)])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(*words, "--json")[1])
    return rows


def kept_portal(data: Path) -> Portal | None:
    with closing(Store(data)) as store:
        return store.portal("acme")


def kept_agent(data: Path) -> Agent | None:
    with closing(Store(data)) as store:
        return store.agent("agent1")


def enrol(data: Path, run: Run, name: str = "agent1") -> None:
    half = parse_half(run("code", "--portal", "acme")[1])
    keys, now = PrivateKeys.generate().public.jwks(), int(time.time())
    agent = Agent(name, "acme", keys, half.lookup, now, None, "a" * 43, "b" * 43)
    store = Store(data)
    store.use_code(half.lookup, agent, "thumbprint", now)
    store.put_agent(agent)
    store.close()


def test_codes_are_listed_and_revoked(data: Path, run: Run) -> None:
    half = parse_half(run("code", "--portal", "acme")[1])
    enrol(data, run)
    by_state = {row["state"]: row for row in listed(run, "codes")}
    assert set(by_state) == {"open", "used"}
    assert by_state["used"]["used_by"] == "agent1"
    assert half.lookup.startswith(by_state["open"]["id"])
    assert half.text not in run("codes")[1]
    code, _, error = run("revoke-code", by_state["used"]["id"])
    assert (code, "was used by 'agent1'" in error) == (1, True)
    assert run("revoke-code", by_state["open"]["id"])[0] == 0
    assert [row["state"] for row in listed(run, "codes")] == ["used"]
    assert run("revoke-code", by_state["open"]["id"])[0] == 1


def test_a_send_key_is_changed_two_at_a_time(data: Path, run: Run) -> None:
    first = kept_portal(data)
    new = json.loads(run("portal", "rotate-key", "acme")[1])
    portal = kept_portal(data)
    assert first is not None
    assert portal is not None
    assert portal.send_keys(time.time()) == [new["send_key"], first.send_key]
    assert new["send_key_name"] == first.send_key_name
    code, _, error = run("portal", "rotate-key", "acme")
    assert (code, "has two Send keys already" in error) == (1, True)
    assert "portal revoke-key acme" in error
    until = listed(run, "portal", "list")[0]["former_key_until"]
    assert (until is not None, new["former_key_until"]) == (True, until)
    assert run("portal", "revoke-key", "acme")[0] == 0
    portal = kept_portal(data)
    assert portal is not None
    assert portal.send_keys(time.time()) == [new["send_key"]]
    assert listed(run, "portal", "list")[0]["former_key_until"] is None


def succession(old: PrivateKeys, new: PrivateKeys, issuer: str = ISSUER) -> str:
    proof = PortalStatement.sign(issuer, new, int(time.time())).token
    claims = {"iss": ISSUER, "keys": new.public.jwks(), "proof": proof}
    return jose.sign(claims, old, SUCCESSION).decode()


def test_a_portals_new_key_is_vouched_for_by_the_old_one(
    data: Path, run: Run, tmp_path: Path
) -> None:
    path, new = tmp_path / "succession", PrivateKeys.generate()
    words = ("portal", "succeed", "acme", "--statement", str(path))
    stranger = PrivateKeys.generate()
    refused = {
        stated(tmp_path / "own", new).read_text(): "of another signing key",
        succession(stranger, new): "the signature does not verify",
        succession(PORTAL_KEYS, new, "https://globex.test"): "is of https://globex",
        succession(PORTAL_KEYS, new).replace(".", "", 1): "no",
    }
    for text, why in refused.items():
        path.write_text(text)
        code, _, error = run(*words)
        assert (code, why in error) == (1, True), error
    path.write_text(succession(PORTAL_KEYS, new))
    code, out, _ = run(*words)
    assert (code, out.splitlines()[0]) == (0, new.public.fingerprint)
    (row,) = listed(run, "portal", "list")
    assert (row["fingerprint"], row["issuer"]) == (new.public.fingerprint, ISSUER)


def test_a_succession_that_was_registered_may_come_again(
    data: Path, run: Run, tmp_path: Path
) -> None:
    path, new = tmp_path / "succession", PrivateKeys.generate()
    words = ("portal", "succeed", "acme", "--statement", str(path))
    for _ in range(2):  # each is signed anew
        path.write_text(succession(PORTAL_KEYS, new))
        code, out, error = run(*words)
        assert (code, out.splitlines()[:1]) == (0, [new.public.fingerprint]), error
    path.write_text(succession(PORTAL_KEYS, PrivateKeys.generate()))
    code, _, error = run(*words)
    assert (code, "the signature does not verify" in error) == (1, True)


def test_an_older_statement_brings_no_former_sealing_key_back(
    data: Path, run: Run, tmp_path: Path
) -> None:
    path, now = tmp_path / "statement", int(time.time())
    words = ("portal", "succeed", "acme", "--statement", str(path))
    rolled = PrivateKeys(PORTAL_KEYS.signing, PrivateKeys.generate().sealing)
    newer = PortalStatement.sign(ISSUER, rolled, now + 60).token
    path.write_text(newer)
    assert run(*words)[0] == 0
    path.write_text(PortalStatement.sign(ISSUER, PORTAL_KEYS, now + 59).token)
    code, _, error = run(*words)
    assert (code, "older than" in error) == (1, True)
    path.write_text(newer)
    assert run(*words)[0] == 0


def test_a_list_of_nothing_says_so(tmp_path: Path, run: Run, data: Path) -> None:
    assert run("codes")[1] == "There are no codes.\n"
    assert run("agents")[1] == "No agent is enrolled.\n"
    assert run("rule", "list")[1] == "There are no rules.\n"
    assert run("portal", "revoke", "acme")[0] == 0
    assert run("portal", "list")[1] == "No portal is registered.\n"


def test_a_portals_new_sealing_key_needs_its_signing_key_alone(
    data: Path, run: Run, tmp_path: Path
) -> None:
    rolled = PrivateKeys(PORTAL_KEYS.signing, PrivateKeys.generate().sealing)
    path = stated(tmp_path / "rolled", rolled)
    assert run("portal", "succeed", "acme", "--statement", str(path))[0] == 0
    portal = kept_portal(data)
    assert portal is not None
    assert portal.keys == rolled.public.jwks()


def test_a_portal_is_revoked_with_its_agents_when_that_is_said(
    data: Path, run: Run
) -> None:
    enrol(data, run)
    code, _, error = run("portal", "revoke", "acme")
    assert (code, "agents are enrolled with acme: agent1" in error) == (1, True)
    assert run("portal", "revoke", "acme", "--with-agents")[0] == 0
    for words in (("portal", "list"), ("codes",), ("agents",)):
        assert listed(run, *words) == []


def test_two_shared_keys_are_listed_with_the_time_of_the_former(
    data: Path, run: Run
) -> None:
    enrol(data, run)
    store = Store(data)
    agent = store.agent("agent1")
    assert agent is not None
    changing = replace(agent, former_listen_key="c" * 43, former_test_key="d" * 43)
    store.put_agent(changing)
    assert "two shared keys of each kind" in run("agents")[1]
    assert "the former until the new ones are used" in run("agents")[1]
    assert listed(run, "agents")[0]["former_keys_until"] is None
    until = int(time.time()) + 600
    store.put_agent(replace(changing, former_until=until))
    store.close()
    (row,) = listed(run, "agents")
    assert (row["shared_keys"], row["former_keys_until"]) == ("two", utc(until))
    assert f"the former until {utc(until)}" in run("agents")[1]


def test_a_used_code_has_no_end(data: Path, run: Run) -> None:
    enrol(data, run)
    (line,) = run("codes")[1].splitlines()
    assert "used by agent1 at " in line
    assert "until" not in line


def test_an_agents_shared_keys_are_revoked(data: Path, run: Run) -> None:
    enrol(data, run)
    assert listed(run, "agents")[0]["shared_keys"] == "one"
    code, out, _ = run("revoke-listen-key", "agent1")
    assert (code, "rotate-keys" in out, "are refused" in out) == (0, True, True)
    assert listed(run, "agents")[0]["shared_keys"] == "revoked"
    agent = kept_agent(data)
    assert agent is not None
    assert agent.listen_keys(0) == agent.test_keys(0) == []
