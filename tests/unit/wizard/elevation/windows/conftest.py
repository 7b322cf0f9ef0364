"""A window and its helper on one machine, with the fake controller behind it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.fixtures.windows.fake_pipes import FakeMachine, FakePeer, FakeProgram
from tests.unit.wizard.elevation.conftest import ServiceStage
from wizard.controller.controller import Controller
from wizard.elevation.remote_controller import remote_controller
from wizard.elevation.windows import setupd
from wizard.elevation.windows.client import HelperClient


@dataclass
class Uac:
    """Somebody who allows what they are asked, and the helpers that run then."""

    machine: FakeMachine
    stage: ServiceStage
    says: bool = True
    elevated: bool = True
    asked: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    def allow(self, program: FakeProgram) -> bool:
        self.asked += 1
        if self.says:
            thread = threading.Thread(target=self._run, args=(program,))
            self.threads.append(thread)
            thread.start()
        return self.says

    def _run(self, program: FakeProgram) -> None:
        peer = FakePeer(self.machine, program, elevated=self.elevated)
        words = program.command[1].split()
        assert words[:3] == ["-I", "-m", "wizard.elevation"]
        code = setupd.serve(peer, words[3:], self.stage.controller_for)
        assert not peer.handles_open
        program.end(code)


@pytest.fixture
def machine() -> Iterator[FakeMachine]:
    machine = FakeMachine()
    yield machine
    machine.close()


@pytest.fixture
def window(machine: FakeMachine) -> FakePeer:
    return FakePeer(machine, machine.program(), elevated=False)


@pytest.fixture
def uac(machine: FakeMachine, stage: ServiceStage) -> Uac:
    made = Uac(machine, stage)
    machine.allow = made.allow
    return made


@pytest.fixture
def client(window: FakePeer, uac: Uac) -> Iterator[HelperClient]:
    client = HelperClient(window)
    yield client
    client.close()
    for thread in uac.threads:
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def remote(client: HelperClient) -> Controller:
    """The controller of a person who is no administrator, and is let in."""
    return remote_controller(client)
