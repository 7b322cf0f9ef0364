"""The real service on a bus of its own, for the fake controller of the windows."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from jeepney.io.blocking import DBusConnection

from tests.unit.wizard.elevation.bus import (
    Bus,
    FakePolkit,
    connected,
    private_bus,
    wait_for,
)
from tests.unit.wizard.ui.fake_controller import FakeController
from wizard.controller.controller import Controller
from wizard.elevation.codec import NAME
from wizard.elevation.dbus.client import ServiceClient
from wizard.elevation.dbus.server import Service
from wizard.elevation.remote_controller import remote_controller
from wizard.host.interface import Host
from wizard.plan.change import MayChange

Start = Callable[[], threading.Thread]


@dataclass
class ServiceStage:
    """What stands behind the bus: the controller, and whom it was made for."""

    fake: FakeController = field(default_factory=FakeController)
    people: list[str] = field(default_factory=list)
    instead: Any = None
    host: Host | None = None

    def controller_for(self, person: str, may_change: MayChange) -> Controller:
        self.people.append(person)
        if self.host is not None:
            return Controller(self.host, may_change)
        return cast("Controller", self.instead or self.fake)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with private_bus(tmp_path) as bus:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        yield bus


@pytest.fixture
def stage() -> ServiceStage:
    return ServiceStage()


@pytest.fixture
def start(bus: Bus, stage: ServiceStage) -> Iterator[Start]:
    """Run the service until nothing is asked of it, or the bus is gone."""
    threads: list[threading.Thread] = []

    def run() -> None:
        with contextlib.suppress(ConnectionResetError):
            Service(stage.controller_for).run()

    def start() -> threading.Thread:
        thread = threading.Thread(target=run)
        threads.append(thread)
        thread.start()
        wait_for(NAME)
        return thread

    yield start
    bus.end()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def polkit(start: Start) -> Iterator[FakePolkit]:
    # it ends before the service, and so before the bus
    with FakePolkit().running() as polkit:
        yield polkit


@pytest.fixture
def calling(polkit: FakePolkit) -> Iterator[ServiceClient]:
    calling = ServiceClient()
    yield calling
    calling.close()


@pytest.fixture
def remote(start: Start, calling: ServiceClient) -> Controller:
    """The controller of an ordinary user, whom polkit lets in."""
    start()
    return remote_controller(calling)


@pytest.fixture
def raw(remote: Controller) -> Iterator[DBusConnection]:
    """A connection of somebody who writes messages by hand."""
    with connected(enable_fds=True) as bus:
        yield bus
