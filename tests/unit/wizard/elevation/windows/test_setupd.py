"""The helper serves a window of the product, of its own session, and nobody else."""

import logging

import pytest

from agent.platform.windows.win32 import Severity
from tests.fixtures.windows.fake_pipes import (
    PERSON,
    PROGRAM,
    FakeMachine,
    FakePeer,
    FakeProgram,
)
from tests.fixtures.windows.fake_services import BROUGHT
from tests.unit.wizard.elevation.conftest import ServiceStage
from wizard.elevation.windows import setupd
from wizard.elevation.windows.setupd import REFUSED, USAGE
from wizard.elevation.windows.start import NOT_ADMINISTRATOR
from wizard.elevation.windows.variables import forget_variables

NAME = rf"\\.\pipe\writeback-{'0' * 32}"


@pytest.fixture
def peer(machine: FakeMachine) -> FakePeer:
    return FakePeer(machine, machine.program(), elevated=True)


def served(peer: FakePeer, stage: ServiceStage, *arguments: str) -> int:
    return setupd.serve(peer, arguments, stage.controller_for)


def test_a_window_of_the_product_is_served_until_it_leaves(
    window: FakePeer, peer: FakePeer, stage: ServiceStage
) -> None:
    pipe = window.create_pipe(NAME, "D:")
    window.close_pipe(pipe)
    assert served(peer, stage, NAME) == 0
    assert not peer.handles_open


@pytest.mark.parametrize(
    "arguments", [(), (NAME, NAME), (r"\\other\pipe\writeback-0",), ("--help",)]
)
def test_other_arguments_are_none(
    peer: FakePeer, stage: ServiceStage, arguments: tuple[str, ...]
) -> None:
    assert served(peer, stage, *arguments) == USAGE


def test_who_is_no_administrator_connects_to_nobody(
    window: FakePeer, peer: FakePeer, stage: ServiceStage, machine: FakeMachine
) -> None:
    window.create_pipe(NAME, "D:")
    peer.elevated = False
    assert served(peer, stage, NAME) == NOT_ADMINISTRATOR
    assert not machine.pipes[NAME].client


def test_a_pipe_that_nobody_made_is_refused(
    peer: FakePeer, stage: ServiceStage
) -> None:
    assert served(peer, stage, NAME) == REFUSED


def elsewhere(program: FakeProgram) -> None:
    program.image = r"C:\Users\ada\pythonw.exe"


def below(program: FakeProgram) -> None:
    program.image = PROGRAM.replace("pythonw.exe", r"Scripts\pythonw.exe")


def other(program: FakeProgram) -> None:
    program.image = PROGRAM.replace("pythonw", "powershell")


def of_another_session(program: FakeProgram) -> None:
    program.session = 3


@pytest.mark.parametrize("lie", [elsewhere, below, other, of_another_session])
def test_another_program_is_not_served(
    window: FakePeer,
    peer: FakePeer,
    stage: ServiceStage,
    machine: FakeMachine,
    lie: object,
) -> None:
    assert callable(lie)
    lie(window.program)
    window.create_pipe(NAME, "D:")
    assert served(peer, stage, NAME) == REFUSED
    assert not machine.pipes[NAME].ends[0].recv(1)
    assert not peer.handles_open
    assert not stage.people


def test_a_process_that_is_gone_is_not_served(
    window: FakePeer, peer: FakePeer, stage: ServiceStage, machine: FakeMachine
) -> None:
    window.create_pipe(NAME, "D:")
    del machine.programs[window.program.pid]
    assert served(peer, stage, NAME) == REFUSED


@pytest.mark.parametrize("path", [PROGRAM, r"C:\Program Files\Writeback"])
def test_nobody_is_served_by_what_others_may_change(
    window: FakePeer, peer: FakePeer, stage: ServiceStage, path: str
) -> None:
    peer.installed[path] = f"{BROUGHT}(A;;FA;;;{PERSON})"
    window.create_pipe(NAME, "D:")
    assert served(peer, stage, NAME) == REFUSED


def test_a_window_with_a_console_is_of_the_product(
    window: FakePeer, peer: FakePeer, stage: ServiceStage
) -> None:
    window.program.image = PROGRAM.replace("pythonw", "PYTHON")
    window.close_pipe(window.create_pipe(NAME, "D:"))
    assert served(peer, stage, NAME) == 0


def test_who_asked_for_what_is_in_the_event_log(
    peer: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = logging.getLogger("wizard.elevation.dispatch")

    def serves(*_: object) -> int:
        log.info("%s asks: %s", "CORP\\ada", "apply")
        log.debug("of no interest")
        return 0

    monkeypatch.setattr(setupd, "leave_no_core", lambda: None)
    monkeypatch.setattr(setupd, "serve", serves)
    before = logging.getLogger().handlers[:]
    assert setupd.main(peer, [NAME]) == 0
    (told,) = peer.reported
    assert (told.source, told.severity) == ("Writeback", Severity.INFORMATION)
    assert told.texts[0] == r"CORP\ada asks: apply"
    assert logging.getLogger().handlers == before


def test_what_a_person_set_is_forgotten() -> None:
    environment = {
        "Path": r"C:\Users\ada\bin",
        "OPENSSL_CONF": r"C:\Users\ada\x.cnf",
        "TEMP": r"C:\Users\ada",
        "windir": r"C:\Users\ada",
        "PYTHONPATH": "x",
        "WRITEBACK_HOME": "x",
        "HTTPS_PROXY": "x",
        "USERNAME": "ada",
    }
    forget_variables(r"D:\Windows", environment)
    assert environment == {
        "USERNAME": "ada",
        "SYSTEMROOT": r"D:\Windows",
        "WINDIR": r"D:\Windows",
        "SYSTEMDRIVE": "D:",
    }
