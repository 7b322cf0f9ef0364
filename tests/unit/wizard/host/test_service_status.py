"""What the agent says of itself is its user's to write: it ends no command."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.relay_client.clone_detection import Finding
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.fake_host import FakeHost, on
from wire.text import Text
from wizard.controller.installation import at_a_glance
from wizard.elevation.methods import adapter
from wizard.host.interface import Service
from wizard.host.key_ages import key_ages
from wizard.host.service_status import (
    nobody_reached,
    not_ready,
    status_read_by,
    time_in_words,
    time_of,
    waits_for,
)
from wizard.plan.step import Target
from wizard.results import AgentStatus, KeyAge
from wizard.steps.service import ServiceStep
from wizard.translation import say

WHOLE: dict[str, Any] = {
    "pid": 7,
    "ready": True,
    "started_at": "2026-11-30T00:00:00+00:00",
    "version": "1",
    "settings": "x",
    "relay": {"state": "connected", "since": "", "reason": "r"},
    "directory": {"state": "connected", "controller": "dc1", "reason": "d"},
    "twin": "t",
    "sealing_key": {"made": 1_700_000_000, "next": 1_800_000_000},
    "portal": {"issuer": "i", "fingerprint": "f", "since": 1, "former_until": 2},
    "port": 1,
    "breaker_is_open": True,
    "reach": {"state": "nobody", "looked": 3, "code": "policy", "why": "w"},
}
ODD = (
    *("[" * 900 + "]" * 900, "{}", "[[]]", '{"a": {"b": {}}}', '[{"a": []}]'),
    *("NaN", "Infinity", "-1e999", "1" * 4000, "-5", "true", "null"),
    *('"\\ud800"', '"0001-01-01T00:00:00+00:00"', '"9999-12-31T23:59:59-14:00"'),
    *('"2026-01-01"', '"2026-01-01T00:00:00"', "253402300799", "-62135596800"),
)
PLACES = (
    *((name,) for name in WHOLE),
    *(
        (name, inner)
        for name, part in WHOLE.items()
        if isinstance(part, dict)
        for inner in part
    ),
)


def with_odd(place: tuple[str, ...], odd: str) -> bytes:
    made = json.loads(json.dumps(WHOLE))
    part = made
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = "HERE"
    return json.dumps(made).replace('"HERE"', odd).encode()


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_an_odd_word_of_the_agent_ends_nothing(
    place: tuple[str, ...], tmp_path: Path
) -> None:
    host = FakeHost(tmp_path)
    host.runs = True
    for odd in ODD:
        said = status_read_by(lambda odd=odd: with_odd(place, odd))  # type: ignore[misc]
        service = Service(running=True, status=said)
        seen = at_a_glance(SETTINGS, service)
        adapter(AgentStatus).dump_python(seen, mode="json", warnings="error")
        if seen.since is not None:
            assert seen.since.astimezone() <= datetime.now(UTC).replace(year=9000)
        ages = key_ages(host, service)
        adapter(tuple[KeyAge, ...]).dump_python(ages, mode="json", warnings="error")
        str(not_ready(said, 1.0))
        host.status = dict(said)
        ServiceStep().verify(Target(SETTINGS, on(host)))


@pytest.mark.parametrize(
    "text", [b"", b"[" * 60_000, b"[1]", b"\xff", b"nonsense", b'{"a": ' * 9000]
)
def test_what_is_no_state_says_nothing(text: bytes) -> None:
    assert status_read_by(lambda: text) == {}


def test_a_whole_state_is_kept_as_it_is() -> None:
    assert status_read_by(json.dumps(WHOLE).encode) == WHOLE


CLOSED = Text("no connection: {why}", why=Text("connection refused"))
TWIN = Finding.COPY.value


def told(**changed: object) -> bytes:
    relay = {"state": "waiting", "reason": CLOSED, "reason_text": CLOSED.as_dict()}
    twin = {"twin": TWIN, "twin_text": TWIN.as_dict()}
    return json.dumps(twin | {"relay": relay | changed}).encode()


def test_what_the_agent_tells_is_shown_in_the_language_of_who_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    service = Service(running=True, status=status_read_by(told))
    seen = at_a_glance(SETTINGS, service)
    assert say(seen.relay) == f"{say(Text('waiting'))}: {say(CLOSED)}"
    assert say(CLOSED) != str(CLOSED)
    assert seen.attention.template == TWIN.template
    assert isinstance(waits_for(service.status).fields["relay"], Text)


def test_an_agent_of_before_is_read_in_the_words_that_it_told() -> None:
    seen = status_read_by(lambda: told(reason_text=None))
    assert str(waits_for(seen)) == f"Relay: {CLOSED}."


DEEP: dict[str, Any] = CLOSED.as_dict()
for _ in range(40):
    DEEP = {"template": "{deep}", "fields": {"deep": DEEP}}


@pytest.mark.parametrize(
    "text",
    [
        Text("all is well").as_dict(),
        CLOSED.as_dict()
        | {"fields": {"why": "connection refused", "why2": "x" * 9000}},
        CLOSED.as_dict() | {"fields": {"why": ["connection refused"]}},
        {"template": CLOSED, "many": "{more}", "fields": {"count": 1}},
        {"template": CLOSED, "many": CLOSED, "fields": {"count": "1"}},
        {"template": CLOSED, "fields": {str(each): 1 for each in range(999)}},
        {"template": "no connection: {why}", "fields": {}},
        *("no connection", 7, [], DEEP),
    ],
)
def test_a_text_that_is_none_or_says_something_else_is_not_taken(
    text: object,
) -> None:
    said = status_read_by(lambda: told(reason_text=text))["relay"]
    assert said == {"state": "waiting", "reason": str(CLOSED)}
    assert type(said["reason"]) is str


def test_words_of_the_agent_are_bounded() -> None:
    said = status_read_by(lambda: told(reason="x" * 99_999))
    assert len(waits_for(said)) < 5000


def test_a_code_that_is_none_is_nobody_in_the_scope() -> None:
    reach = {"state": "nobody", "looked": 3, "code": "made-up"}
    assert "no people" in nobody_reached({"reach": reach})


@pytest.mark.parametrize("seconds", [None, "1", [], float("nan"), 1e300, -1, 10**18])
def test_what_is_no_time_in_seconds_is_none(seconds: object) -> None:
    assert time_of(seconds) is None


@pytest.mark.parametrize("text", [None, 5, [], "", "2026-01-01", "9999-01-01T00:00Z"])
def test_what_is_no_time_in_words_is_none(text: object) -> None:
    assert time_in_words(text) is None
