"""The caller's side: asks one method, hears its reports, takes its answer."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    Message,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

from wire.text import Text
from wizard.elevation import codec
from wizard.elevation.answer import hear
from wizard.elevation.errors import NotReached
from wizard.elevation.methods import Method

_SERVICE = DBusAddress(codec.PATH, bus_name=codec.NAME, interface=codec.NAME)
_MEMBER = {action: member for member, action in codec.MEMBERS.items()}
_STARTING_S = 30.0
_POLL_S = 0.1  # how soon a stop is passed on
_CHUNK = 65536


class ServiceClient:
    """The service, as its callers reach it; connected at the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bus: DBusConnection | None = None

    def ask(self, method: Method, arguments: Mapping[str, Any]) -> Any:
        """Have the service do what a method does; its errors come as the same classes.

        Among the arguments are what takes its reports, and the stop. NotAllowed: the
        person may not. NotReached: the service can't be asked, or is gone.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._send(method, codec.spell_call(method, arguments), theirs)
            with contextlib.suppress(OSError):  # refused by now: it says so
                ours.sendall(codec.spell_sealed(method, arguments))
            return hear(method, arguments, _lines(ours, arguments.get("stop")))

    def _send(self, method: Method, text: str, end: socket.socket) -> None:
        call = new_method_call(
            _SERVICE, _MEMBER[method.action], codec.SIGNATURE, (text, end)
        )
        with self._lock:
            try:
                self._reach(call)
            except DBusErrorResponse as error:
                raise NotReached(
                    Text("The set-up service refused: {why}.", why=str(error))
                ) from error
            except (OSError, RuntimeError) as error:
                self._drop()
                what = Text("The set-up service of this machine can't be reached.")
                raise NotReached(what) from error

    def _reach(self, call: Message) -> None:
        if self._bus is None:
            # kept: polkit remembers whom it let in by it
            self._bus = _connected()
        reply = self._bus.send_and_get_reply(call, timeout=_STARTING_S)
        if reply.header.fields.get(HeaderFields.error_name) == codec.LEAVING:
            reply = self._bus.send_and_get_reply(call, timeout=_STARTING_S)
        unwrap_msg(reply)

    def close(self) -> None:
        """Leave the bus; a later call comes back."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None


def _connected() -> DBusConnection:
    return open_dbus_connection("SYSTEM", enable_fds=True, auth_timeout=_STARTING_S)


def _lines(end: socket.socket, stop: threading.Event | None) -> Iterator[bytes]:
    """Give the service's lines; pass a stop on, and hear what comes of it."""
    rest, passed_on = b"", False
    with selectors.DefaultSelector() as selector:
        selector.register(end, selectors.EVENT_READ)
        while True:
            if stop is not None and stop.is_set() and not passed_on:
                with contextlib.suppress(OSError):  # it ended meanwhile
                    end.shutdown(socket.SHUT_WR)
                passed_on = True
            if not selector.select(_POLL_S):
                continue
            got = _received(end)
            if not got:
                return
            *whole, rest = (rest + got).split(b"\n")
            yield from whole


def _received(end: socket.socket) -> bytes:
    try:
        return end.recv(_CHUNK)
    except OSError:
        return b""
