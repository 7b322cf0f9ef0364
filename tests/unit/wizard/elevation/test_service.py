"""The service keeps secrets, and ends when nobody asks it."""

import logging
import os
import socket
import sys
import threading
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from jeepney import (
    DBusAddress,
    MatchRule,
    Message,
    new_error,
    new_method_call,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection
from jeepney.wrappers import unwrap_msg

from agent.config.settings import Settings
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.bus import (
    SERVICE_FILE,
    Bus,
    Listener,
    connected,
    until,
    wait_for,
)
from tests.unit.wizard.elevation.by_hand import SETUP, call
from tests.unit.wizard.elevation.conftest import ServiceStage, Start
from tests.unit.wizard.ui.fake import INSTALLED
from tests.unit.wizard.ui.fake_controller import (
    FakeChanges,
    FakeInstallation,
)
from wire.secret import Secret
from wire.text import Text
from wizard.controller.controller import Controller
from wizard.elevation import codec
from wizard.elevation.codec import LEAVING, NAME
from wizard.elevation.dbus.channel import Channel
from wizard.elevation.dbus.client import ServiceClient
from wizard.elevation.dbus.server import Service
from wizard.elevation.dispatch import CallRequest
from wizard.elevation.errors import NotReached, Unexpected
from wizard.elevation.methods import method_of
from wizard.elevation.remote_controller import remote_controller
from wizard.inputs import AdminCredentials, Draft, Inputs
from wizard.plan.change import Plan, StepFailed
from wizard.results import PortalDetails

ADMIN = AdminCredentials("administrator@corp.test", Secret(CANARY))
INPUTS = Inputs(ADMIN, Secret(CANARY + "2"), Secret(CANARY + "3"))


def test_a_secret_is_in_no_message_and_no_log(
    remote: Controller, stage: ServiceStage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Listener.listening() as listener:
        plan = remote.changes.plan(SETTINGS, INPUTS)
        stop = threading.Event()
        remote.checks.run(
            "relay",
            Draft(SETTINGS.relay),
            Inputs(proxy_password=Secret(CANARY)),
            stop,
            lambda _: None,
        )
        remote.changes.apply(plan, INPUTS, lambda _: None, stop)
        remote.installation.test_reset("mail", "the-last@corp.test", Secret(CANARY))
        heard = listener.heard(until=b"the-last@corp.test")
    assert stage.fake.named("apply") == [("apply", plan, INPUTS)]
    assert stage.fake.named("test_reset")[0][3] == Secret(CANARY)
    assert b"svc-writeback" in heard
    assert CANARY.encode() not in heard
    assert CANARY not in caplog.text
    text = codec.spell_call(method_of("changes.plan"), {"settings": SETTINGS})
    assert CANARY not in text


class Broken(FakeInstallation):
    def portal_details(self) -> PortalDetails:
        raise ValueError(f"can't read {CANARY}")


def test_an_error_that_nobody_foresaw_quotes_nothing(
    remote: Controller, stage: ServiceStage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.fake.installation = Broken(stage.fake)
    with pytest.raises(Unexpected, match="ValueError") as caught:
        remote.installation.portal_details()
    assert CANARY not in str(caught.value) + caplog.text
    assert remote.installation.installed() is None


class Refusing(FakeChanges):
    def plan(self, settings: Settings, inputs: Inputs) -> Plan:
        raise StepFailed(Text("This needs an administrator."), Text("Give one."))


def test_a_plan_that_cannot_be_made_again_says_why(
    remote: Controller, stage: ServiceStage
) -> None:
    plan = Plan(SETTINGS, stage.fake.planned)
    stage.fake.changes = refusing = Refusing(stage.fake)
    with pytest.raises(StepFailed, match="The machine changed"):
        remote.changes.apply(plan, INPUTS, lambda _: None, threading.Event())
    stage.fake.permissions.plan_grant = refusing.plan  # type: ignore[method-assign]
    with pytest.raises(StepFailed, match="This needs an administrator"):
        remote.changes.apply(plan, INPUTS, lambda _: None, threading.Event())


def test_it_ends_when_nothing_is_asked(
    stage: ServiceStage, calling: ServiceClient
) -> None:
    service = threading.Thread(target=Service(stage.controller_for, 0.2).run)
    service.start()
    service.join(20)
    assert not service.is_alive()
    with pytest.raises(NotReached, match=r"(?s)refused.*sudo writeback"):
        remote_controller(calling).installation.installed()


class Brief(Service):
    """Ends soon from its first call on: it must be there to take that."""

    def _start(self, request: CallRequest, channel: Channel) -> None:
        self._idle_s = 0.2
        super()._start(request, channel)


def test_it_does_not_end_while_a_call_is_under_way(
    stage: ServiceStage, calling: ServiceClient
) -> None:
    service = threading.Thread(target=Brief(stage.controller_for).run)
    service.start()
    wait_for(NAME)
    stage.fake.hold = "find_domain"
    found: list[Any] = []
    asking = threading.Thread(
        target=lambda: found.append(remote_controller(calling).checks.find_domain())
    )
    asking.start()
    until(lambda: bool(stage.fake.named("find_domain")))
    service.join(1)
    wait_for(NAME)
    assert service.is_alive()
    stage.fake.go.set()
    asking.join(20)
    assert found[0].domain == "corp.test"
    service.join(20)
    assert not service.is_alive()


def test_too_much_at_once_is_refused(
    raw: DBusConnection, remote: Controller, stage: ServiceStage
) -> None:
    stage.fake.hold = "find_domain"
    text, ends = call("checks.find_domain"), []
    for _ in range(4):
        ours, theirs = socket.socketpair()
        ends.append(ours)
        with theirs:
            message = new_method_call(SETUP, "Look", "sh", (text, theirs))
            unwrap_msg(raw.send_and_get_reply(message, timeout=20))
        ours.sendall(b"{}\n")
    until(lambda: len(stage.fake.named("find_domain")) == 4)
    with pytest.raises(NotReached, match="Too much is asked at once"):
        remote.installation.installed()
    stage.fake.go.set()
    for end in ends:
        end.settimeout(20)
        assert end.recv(10)
        end.close()
    # a place at work is free before the answer is told
    assert remote.installation.installed() is None


def test_a_call_starts_the_service_and_is_answered(
    bus: Bus, calling: ServiceClient, tmp_path: Path
) -> None:
    program = tmp_path / "setupd"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, sys\n"
        f"os.environ['DBUS_SYSTEM_BUS_ADDRESS'] = {bus.address!r}\n"
        f"sys.path[:0] = [{str(Path.cwd())!r}]\n"
        "from tests.unit.wizard.ui.fake import INSTALLED\n"
        "from tests.unit.wizard.ui.fake_controller import FakeController\n"
        "from wizard.elevation.dbus.server import Service\n"
        "Service(lambda *_: FakeController(INSTALLED), 0.2).run()\n"
    )
    program.chmod(0o755)
    text = SERVICE_FILE.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("Systemd")]
    started = "\n".join(lines).replace(
        "/usr/lib/writeback-agent/writeback-setupd", str(program)
    )
    (bus.services / SERVICE_FILE.name).write_text(started)
    reload = DBusAddress(
        "/org/freedesktop/DBus",
        bus_name="org.freedesktop.DBus",
        interface="org.freedesktop.DBus",
    )
    with connected() as by_hand:
        unwrap_msg(by_hand.send_and_get_reply(new_method_call(reload, "ReloadConfig")))
    remote = remote_controller(calling)
    assert remote.installation.installed() == INSTALLED
    wait_for(NAME, there=False)
    assert remote.installation.installed() == INSTALLED
    wait_for(NAME, there=False)


class Leaving:
    """A service that is about to end: sends back the first call it gets."""

    def __init__(self, start: Start) -> None:
        self._start = start

    def run(self) -> None:
        calls: deque[Message] = deque()
        with (
            connected(enable_fds=True) as bus,
            bus.filter(MatchRule(type="method_call"), queue=calls),
        ):
            unwrap_msg(bus.send_and_get_reply(message_bus.RequestName(NAME)))
            call = bus.recv_until_filtered(calls, timeout=20)
            call.body[1].close()
            unwrap_msg(bus.send_and_get_reply(message_bus.ReleaseName(NAME)))
            self._start()
            bus.send(new_error(call, LEAVING))


def test_a_call_that_comes_as_the_service_leaves_is_made_again(
    start: Start, stage: ServiceStage, calling: ServiceClient
) -> None:
    stage.fake.found = INSTALLED
    leaving = threading.Thread(target=Leaving(start).run)
    leaving.start()
    wait_for(NAME)
    assert remote_controller(calling).installation.installed() == INSTALLED
    leaving.join(20)


def test_a_service_that_dies_is_told(
    bus: Bus, polkit: object, calling: ServiceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "_send", lambda *_: None)
    with pytest.raises(NotReached, match=r"ended before.*Start the wizard again"):
        remote_controller(calling).installation.installed()


def test_a_machine_without_a_bus_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(NotReached, match=r"can't be reached.*sudo writeback"):
        remote_controller(ServiceClient()).installation.installed()
    assert os.environ["DBUS_SYSTEM_BUS_ADDRESS"]
