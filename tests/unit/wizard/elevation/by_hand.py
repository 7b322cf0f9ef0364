"""Calls written by hand, and what comes back."""

import json
import socket
from typing import Any

from jeepney import (
    DBusAddress,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection
from jeepney.wrappers import unwrap_msg

from wizard.elevation import codec, errors
from wizard.elevation.codec import NAME, PATH
from wizard.elevation.errors import BadCall
from wizard.elevation.methods import method_of
from wizard.inputs import Inputs

SETUP = DBusAddress(PATH, bus_name=NAME, interface=NAME)
INSTALLED_CALL = json.dumps({"method": "installation.installed", "arguments": {}})
NO_SECRETS = codec.spell_sealed(method_of("changes.plan"), {"inputs": Inputs()})


def say(bus: DBusConnection, text: str, line: bytes, member: str = "Look") -> bytes:
    """Send one call; give all that the channel brings."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            call = new_method_call(SETUP, member, "sh", (text, theirs))
            unwrap_msg(bus.send_and_get_reply(call, timeout=20))
        ours.settimeout(20)
        try:
            ours.sendall(line)
            ours.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused by then
        got = b""
        while part := _received(ours):
            got += part
    return got


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(1 << 16)
    except ConnectionResetError:
        return b""  # it left without reading all


def refused(got: bytes) -> str:
    error = errors.read(json.loads(got)["error"])
    assert isinstance(error, BadCall), error
    return str(error)


def call(name: str, /, **arguments: Any) -> str:
    return json.dumps({"method": name, "arguments": arguments})
