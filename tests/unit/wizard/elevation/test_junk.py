"""Whatever is sent to the service: it refuses, and goes on."""

import json
import socket
from array import array
from pathlib import Path
from typing import Any

import pytest
from jeepney import (
    DBusErrorResponse,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection
from jeepney.wrappers import unwrap_msg

from agent.config.errors import SettingsError
from tests.unit.wizard.answered import SETTINGS
from tests.unit.wizard.elevation.by_hand import (
    INSTALLED_CALL,
    NO_SECRETS,
    SETUP,
    call,
    refused,
    say,
)
from tests.unit.wizard.elevation.conftest import ServiceStage
from wizard.controller.controller import Controller
from wizard.elevation import errors
from wizard.elevation.codec import LONGEST, NAME

PLAN = call("changes.plan", settings=SETTINGS.model_dump(mode="json"))
JUNK = {
    "no JSON": ("}{", b"{}\n"),
    "deep": ("[" * 100_000, b"{}\n"),
    "a list": ("[]", b"{}\n"),
    "no method": (call("shell", command="id"), b"{}\n"),
    "a name of Python's": (call("__init__", host=""), b"{}\n"),
    "what a part keeps to itself": (call("changes._carry_out"), b"{}\n"),
    "what no window asks": (call("installation.lost"), b"{}\n"),
    "another type of name": ('{"method": [], "arguments": {}}', b"{}\n"),
    "a change by Look": (call("recovery.recover"), NO_SECRETS),
    "more parts": (
        '{"method": "installation.installed", "arguments": {}, "uid": 0}',
        b"{}\n",
    ),
    "more arguments": (call("installation.installed", host="x"), b"{}\n"),
    "arguments of another type": (
        '{"method": "changes.plan", "arguments": 7}',
        b"{}\n",
    ),
    "no line": (INSTALLED_CALL, b""),
    "half a line": (INSTALLED_CALL, b"{}"),
    "two lines": (INSTALLED_CALL, b"{}\n{}\n"),
    "a line of junk": (INSTALLED_CALL, b"\xff\xfe\n"),
    "a long line": (INSTALLED_CALL, b"{}" + b" " * LONGEST + b"\n"),
    "no secrets": (PLAN, b"{}\n"),
    "secrets of another type": (PLAN, b'{"inputs": 7}\n'),
    "a secret of another type": (PLAN, NO_SECRETS.replace(b"null", b"7", 1)),
    "one secret too many": (PLAN, NO_SECRETS.replace(b"{", b'{"x": 1, ', 1)),
    "one inside too many": (PLAN, NO_SECRETS.replace(b': {"', b': {"x": 1, "', 1)),
}


@pytest.mark.parametrize("kind", JUNK)
def test_junk_is_refused_and_the_service_goes_on(
    raw: DBusConnection, remote: Controller, stage: ServiceStage, kind: str
) -> None:
    refused(say(raw, *JUNK[kind]))
    assert stage.fake.calls == []
    assert remote.installation.installed() is None


def test_arguments_of_another_type_are_refused(
    raw: DBusConnection, remote: Controller
) -> None:
    directory = SETTINGS.directory.model_dump(mode="json")
    draft = {"relay": None, "directory": directory, "containers": "OU=x"}
    text = call("checks.run", name="scope", draft=draft, inputs={})
    assert "other arguments" in refused(say(raw, text, NO_SECRETS))
    text = call("checks.run", name="scope", draft=draft)
    assert "draft is not of its type" in refused(say(raw, text, NO_SECRETS))
    assert remote.installation.installed() is None


def test_settings_are_validated_again(raw: DBusConnection, stage: ServiceStage) -> None:
    data = SETTINGS.model_dump(mode="json") | {"identify_by": "shoe size", "x": 1}
    got = json.loads(say(raw, call("changes.plan", settings=data), NO_SECRETS))
    error = errors.read(got["error"])
    assert isinstance(error, SettingsError)
    assert {each.path for each in error.problems} == {"identify_by", "x"}
    directory = data["directory"] | {"port": 3268}
    text = call("checks.containers", directory=directory, parent_dn="")
    error = errors.read(json.loads(say(raw, text, NO_SECRETS))["error"])
    assert isinstance(error, SettingsError)
    assert [each.path for each in error.problems] == ["port"]
    draft = {"relay": {"url": "http://relay.corp.test"}}
    text = call("checks.run", name="relay", draft=draft)
    error = errors.read(json.loads(say(raw, text, NO_SECRETS))["error"])
    assert isinstance(error, SettingsError)
    assert [each.path for each in error.problems] == ["url"]
    assert stage.fake.calls == []


def test_no_password_in_an_address_comes_back(raw: DBusConnection) -> None:
    proxy = {"url": "https://r.test", "proxy": "http://ada:hidden@p.test:x"}
    text = call("checks.run", name="relay", draft={"relay": proxy})
    answer = say(raw, text, NO_SECRETS)
    assert "hidden" not in answer.decode()
    error = errors.read(json.loads(answer)["error"])
    assert isinstance(error, SettingsError)
    assert [each.path for each in error.problems] == ["proxy"]
    text = call("checks.run", name="relay", draft={"relay": "http://ada:hidden@p"})
    answer = say(raw, text, NO_SECRETS)
    assert "hidden" not in answer.decode()
    assert isinstance(errors.read(json.loads(answer)["error"]), SettingsError)


@pytest.mark.parametrize(
    ("member", "signature", "body"),
    [
        ("Look", "s", (INSTALLED_CALL,)),
        ("Shell", "s", ("id",)),
        ("Look", "ah", ([0, 1],)),
        ("Look", "sh", (INSTALLED_CALL, 1)),
    ],
)
def test_a_message_of_another_form_is_refused_on_the_bus(
    raw: DBusConnection,
    remote: Controller,
    member: str,
    signature: str,
    body: Any,
) -> None:
    with Path("/dev/null").open() as null:
        parts = tuple(_with(part, null.fileno()) for part in body)
        message = new_method_call(SETUP, member, signature, parts)
        with pytest.raises(DBusErrorResponse, match="BadCall"):
            unwrap_msg(raw.send_and_get_reply(message, timeout=20))
    assert remote.installation.installed() is None


def _with(part: Any, descriptor: int) -> Any:
    if isinstance(part, list):
        return [descriptor for _ in part]
    return descriptor if isinstance(part, int) else part


def test_a_long_call_is_refused_on_the_bus(
    raw: DBusConnection, remote: Controller
) -> None:
    with pytest.raises(DBusErrorResponse, match="1000000 characters at most"):
        say(raw, INSTALLED_CALL + " " * LONGEST, b"{}\n")
    assert remote.installation.installed() is None


def test_a_channel_of_another_kind_is_refused(
    raw: DBusConnection, remote: Controller
) -> None:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
        ours, theirs = socket.socketpair(type=kind)
        with ours, theirs:
            message = new_method_call(SETUP, "Look", "sh", (INSTALLED_CALL, theirs))
            with pytest.raises(DBusErrorResponse, match="BadCall"):
                unwrap_msg(raw.send_and_get_reply(message, timeout=20))
    assert remote.installation.installed() is None


def test_a_message_that_cannot_be_read_costs_nobody_an_answer(
    raw: DBusConnection, remote: Controller
) -> None:
    before = unwrap_msg(raw.send_and_get_reply(message_bus.GetNameOwner(NAME)))
    # descriptors that are named and not brought: the bus lets that through
    for named in ("uu", "uh"):
        message = new_method_call(SETUP, "Look", named, (40, 0))
        brought = array("i")
        data = message.serialise(next(raw.outgoing_serial), fds=brought)
        data = data.replace(named.encode() + b"\0", b"hh\0")
        raw.sock.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, brought)])
        assert remote.installation.installed() is None
    after = unwrap_msg(raw.send_and_get_reply(message_bus.GetNameOwner(NAME)))
    assert after == before
