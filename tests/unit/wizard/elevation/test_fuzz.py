"""Calls of the set-up service by the thousand: answered, or refused by name.

A million takes, in seconds of a processor: calls 103, messages of a bus 55.
"""

import contextlib
import functools
import json
import logging

import pytest
from jeepney import DBusErrorResponse
from jeepney.io.blocking import DBusConnection

from agent.config.errors import SettingsError
from tests.fixtures.fuzz import (
    PARSED,
    SENT,
    SHORT,
    bounded,
    mutated,
    refused_or_read,
)
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.elevation.by_hand import INSTALLED_CALL, NO_SECRETS, call, say
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.elevation.dbus.test_bounded_parser import messages, written
from wizard.controller.controller import Controller
from wizard.elevation import codec
from wizard.elevation.dbus import polkit
from wizard.elevation.dbus.bounded_parser import MOST, BoundedParser
from wizard.elevation.errors import BadCall

DATA = SETTINGS.model_dump(mode="json")
CALLS = [
    INSTALLED_CALL.encode(),
    call("changes.plan", settings=DATA).encode(),
    b'{"method":["checks.run"],"arguments":{}}',
    call("checks.run", name="relay", draft={"relay": DATA["relay"]}).encode(),
    call("checks.containers", directory=DATA["directory"], parent_dn="").encode(),
]
JSON = [
    *(b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"true", b"7", b"9" * 40),
    *(b"\\ud800", b"\\u0000", b'"method":', b'"arguments":{}', b"1e999", b"NaN"),
]
SEALED = [NO_SECRETS, b"{}\n", b'{"inputs": null}\n', b"\n"]


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_calls(cases: int) -> None:
    lines = mutated(SEALED, JSON)

    def read(data: bytes) -> None:
        found = codec.read_call(data.decode("utf-8", "replace"), "look")
        found.read(next(lines) if data[-1:] == b"x" else NO_SECRETS)

    with bounded():
        refused_or_read(
            cases, mutated(CALLS, JSON), read, BadCall, SettingsError, both=False
        )


@pytest.mark.parametrize("cases", [SHORT, pytest.param(PARSED, marks=pytest.mark.slow)])
def test_messages_of_a_bus(cases: int) -> None:
    """jeepney raises what it is apt to; the service's boundary takes it all."""
    heads = [b"\x01" * 4, b"\xff\xff\xff\x7f", b"v" * 8, b"a" * 8, b"h", b"\0" * 8]
    whole = [written("x" * 20), written(INSTALLED_CALL)]
    awaited = set()

    def read(data: bytes) -> None:
        parser = BoundedParser()
        parser.add_data(data)
        list(messages(parser))
        awaited.add((parser.next_msg_size or 0) > MOST)

    with bounded():
        refused_or_read(cases, mutated(whole, heads), read, Exception)
    assert awaited == {False}  # of what is too large nothing is waited for


@pytest.mark.parametrize("cases", [SHORT, pytest.param(SENT, marks=pytest.mark.slow)])
def test_a_caller_who_asks_anything(
    raw: DBusConnection,
    remote: Controller,
    stage: ServiceStage,
    *,
    cases: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is changed by it, and the next caller is answered."""
    # the bus is asked anew at each call, which is most of what one takes
    monkeypatch.setattr(polkit, "user_of", functools.cache(polkit.user_of))
    # pytest keeps each record of a test, and they would be what grows
    caplog.set_level(logging.CRITICAL, "wizard.elevation")
    texts, lines = mutated(CALLS, JSON), mutated(SEALED, JSON)
    with bounded():
        for number in range(cases):
            text = next(texts).decode("utf-8", "replace").replace("\0", "")
            line = next(lines) if number % 2 else NO_SECRETS
            with contextlib.suppress(DBusErrorResponse):
                answer = say(raw, text, line if b"\n" in line else line + b"\n")
                assert not answer or set(json.loads(answer.splitlines()[-1]))
    assert stage.fake.named("apply") == []
    assert remote.installation.installed() is None
