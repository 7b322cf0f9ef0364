"""A message bus of its own, a polkit that says what it is told to, and a listener."""

import contextlib
import os
import selectors
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jeepney import (
    DBusAddress,
    MatchRule,
    Message,
    new_error,
    new_method_call,
    new_method_return,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

SHIPPED = Path(__file__).parents[4] / "installer/root/agent"
POLICY = SHIPPED / "usr/share/dbus-1/system.d/org.writeback.Setup1.conf"
SERVICE_FILE = SHIPPED / "usr/share/dbus-1/system-services/org.writeback.Setup1.service"
# as the system's bus: nobody may own a name, or send, unless a policy says so
CONFIG = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <allow send_destination="org.freedesktop.PolicyKit1"/>
    <allow own="org.freedesktop.PolicyKit1"/>
  </policy>
  <include>{policy}</include>
  <policy user="{uid}">
    <allow own="org.writeback.Setup1"/>
  </policy>
</busconfig>
"""
Says = Literal["yes", "no", "challenge", "error", "nonsense", "nothing"]


@dataclass(frozen=True)
class Bus:
    """A bus that runs."""

    address: str
    services: Path
    process: subprocess.Popen[str]

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@contextlib.contextmanager
def private_bus(folder: Path) -> Iterator[Bus]:
    """Run a bus."""
    program = shutil.which("dbus-daemon")
    assert program, "install the package dbus"
    services, config = folder / "services", folder / "bus.conf"
    services.mkdir()
    places = {"socket": folder / "bus", "services": services, "policy": POLICY}
    config.write_text(CONFIG.format(**places, uid=os.getuid()))
    with subprocess.Popen(
        [program, f"--config-file={config}", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        assert daemon.stdout
        assert daemon.stdout.readline().startswith("unix:path=")
        bus = Bus(f"unix:path={places['socket']}", services, daemon)
        try:
            yield bus
        finally:
            bus.end()


def connected(*, enable_fds: bool = False) -> DBusConnection:
    return open_dbus_connection("SYSTEM", enable_fds=enable_fds, auth_timeout=20)


def until(there: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def wait_for(name: str, *, there: bool = True) -> None:
    """Wait until somebody has a name on the bus, or nobody."""
    deadline = time.monotonic() + 60
    question = message_bus.NameHasOwner(name)
    with connected() as bus:
        while unwrap_msg(bus.send_and_get_reply(question)) != (there,):
            assert time.monotonic() < deadline, f"{name}: not {there}"
            time.sleep(0.01)


@dataclass
class FakePolkit:
    """org.freedesktop.PolicyKit1 in a thread: answers as told, keeps what was asked.

    Attributes:
        says: what it answers.
        says_of_changing: what it answers about `change`, where that is something else.
        questions: the arguments of each question.

    """

    says: Says = "yes"
    says_of_changing: Says | None = None
    questions: list[Any] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self) -> Iterator["FakePolkit"]:
        ready, over = threading.Event(), threading.Event()
        thread = threading.Thread(target=self._run, args=(ready, over))
        thread.start()
        try:
            assert ready.wait(20)
            yield self
        finally:
            over.set()
            thread.join()

    def _run(self, ready: threading.Event, over: threading.Event) -> None:
        calls: deque[Message] = deque()
        with (
            connected() as bus,
            bus.filter(MatchRule(type="method_call"), queue=calls),
        ):
            name = message_bus.RequestName("org.freedesktop.PolicyKit1")
            unwrap_msg(bus.send_and_get_reply(name))
            ready.set()
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    answer = self._answer(bus.recv_until_filtered(calls, timeout=0.1))
                    if answer is not None:
                        bus.send(answer)

    def _answer(self, call: Message) -> Message | None:
        self.questions.append(call.body)
        says = self.says
        if call.body[1] == "org.writeback.change":
            says = self.says_of_changing or says
        if says == "nothing":
            return None
        if says == "error":
            return new_error(call, "org.freedesktop.PolicyKit1.Error.Failed")
        if says == "nonsense":
            return new_method_return(call, "s", ("yes",))
        decision: tuple[Any, ...] = (says == "yes", says == "challenge", {})
        return new_method_return(call, "(bba{ss})", (decision,))


class Listener:
    """Sees every byte of every message on the bus."""

    def __init__(self, bus: DBusConnection) -> None:
        self._bus = bus

    @classmethod
    @contextlib.contextmanager
    def listening(cls) -> Iterator["Listener"]:
        with connected(enable_fds=True) as bus:
            monitor = DBusAddress(
                "/org/freedesktop/DBus",
                bus_name="org.freedesktop.DBus",
                interface="org.freedesktop.DBus.Monitoring",
            )
            call = new_method_call(monitor, "BecomeMonitor", "asu", ([], 0))
            unwrap_msg(bus.send_and_get_reply(call))
            yield cls(bus)

    def heard(self, until: bytes) -> bytes:
        """Give all bytes so far; those of a known end are waited for."""
        seen = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self._bus.sock, selectors.EVENT_READ)
            while until not in seen:
                assert selector.select(20), f"{until!r} never crossed"
                seen += self._bus.sock.recv(1 << 16)
        return seen
