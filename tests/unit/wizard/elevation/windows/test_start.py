"""Who answers is the process that was started, in a place that is nobody else's."""

import threading
from contextlib import suppress

import pytest

from tests.fixtures.windows.fake_pipes import (
    PERSON,
    PROGRAM,
    FakeMachine,
    FakePeer,
    FakeProgram,
)
from tests.fixtures.windows.fake_services import BROUGHT
from tests.unit.wizard.elevation.bus import until
from tests.unit.wizard.elevation.windows.conftest import Uac
from wizard.controller.controller import Controller
from wizard.elevation.errors import NotAllowed, NotReached
from wizard.elevation.windows import start as module
from wizard.elevation.windows.start import is_name, start_helper


def come(machine: FakeMachine, program: FakeProgram) -> bool:
    """Have a program that is started connect, and do nothing more."""
    (name,) = machine.pipes
    machine.join(program.pid, name)
    return True


def nothing_is_open(machine: FakeMachine, window: FakePeer) -> bool:
    (pipe,) = machine.pipes.values()
    return not window.handles_open and not pipe.ends[1].recv(1)


def test_the_pipe_lets_in_administrators_and_the_person(
    machine: FakeMachine, window: FakePeer
) -> None:
    machine.allow = lambda program: come(machine, program)
    start_helper(window)
    ((name, pipe),) = machine.pipes.items()
    assert is_name(name)
    assert pipe.sddl == (
        f"D:P(D;;FA;;;NU)(A;;0x12019b;;;SY)(A;;0x12019b;;;BA)(A;;0x12019b;;;{PERSON})"
    )


def test_two_pipes_have_two_names(machine: FakeMachine, window: FakePeer) -> None:
    for _ in range(2):
        with pytest.raises(NotAllowed):
            start_helper(window)
    assert len(machine.pipes) == 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        r"\\.\pipe\writeback-" + "0" * 31,
        r"\\.\pipe\writeback-" + "0" * 33,
        r"\\.\pipe\writeback-" + "A" * 32,
        r"\\elsewhere\pipe\writeback-" + "0" * 32,
        r"\\.\pipe\writeback-" + "0" * 32 + "\n",
        r"\\.\pipe\..\writeback-" + "0" * 32,
    ],
)
def test_what_is_no_name_of_a_pipe_of_this_machine(name: str) -> None:
    assert not is_name(name)


def test_who_does_not_allow_it_is_told_the_way_out(
    remote: Controller, uac: Uac, window: FakePeer, machine: FakeMachine
) -> None:
    uac.says = False
    with pytest.raises(NotAllowed, match="nobody allowed it"):
        remote.installation.installed()
    assert nothing_is_open(machine, window)
    # asked anew, they may think better of it
    uac.says = True
    assert remote.installation.installed() is None
    assert uac.asked == 2


def test_who_waits_for_the_same_question_is_not_asked_another(
    remote: Controller, machine: FakeMachine
) -> None:
    answered, asked, refused = threading.Event(), [], []

    def allow(program: FakeProgram) -> bool:
        asked.append(program)
        assert answered.wait(20)
        return False

    def ask() -> None:
        with pytest.raises(NotAllowed) as caught:
            remote.installation.installed()
        refused.append(caught.value)

    machine.allow = allow
    asking = [threading.Thread(target=ask) for _ in range(3)]
    for each in asking:
        each.start()
    until(lambda: bool(asked))
    # each has begun to ask before it is answered
    threading.Event().wait(0.1)
    answered.set()
    for each in asking:
        each.join(20)
    assert len(refused) == 3
    assert len(asked) == 1


def test_who_watches_never_brings_up_a_question(
    remote: Controller, uac: Uac, machine: FakeMachine
) -> None:
    with pytest.raises(NotReached):
        remote.health.read()
    assert not machine.started
    remote.installation.installed()
    assert remote.health.read() is None
    assert len(machine.started) == 1


def test_a_helper_without_elevation_serves_nobody(
    remote: Controller, uac: Uac, window: FakePeer, machine: FakeMachine
) -> None:
    uac.elevated = False
    with pytest.raises(NotAllowed, match="needs an administrator"):
        remote.installation.installed()
    assert nothing_is_open(machine, window)


def test_a_helper_that_ends_is_told(machine: FakeMachine, window: FakePeer) -> None:
    def allow(program: FakeProgram) -> bool:
        program.end(1)
        return True

    machine.allow = allow
    with pytest.raises(NotReached, match="ended before it answered"):
        start_helper(window)
    assert nothing_is_open(machine, window)


def test_a_helper_that_never_comes_is_given_up(
    machine: FakeMachine, window: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STARTING_S", 0.1)
    machine.allow = lambda _: True
    with pytest.raises(NotReached, match="can't be reached"):
        start_helper(window)
    assert nothing_is_open(machine, window)


def other_process(machine: FakeMachine, program: FakeProgram) -> bool:
    (name,) = machine.pipes
    machine.join(machine.program().pid, name)
    return True


def other_program(machine: FakeMachine, program: FakeProgram) -> bool:
    program.image = PROGRAM.replace("pythonw", "other")
    return come(machine, program)


def other_folder(machine: FakeMachine, program: FakeProgram) -> bool:
    program.image = r"C:\Users\ada\python\pythonw.exe"
    return come(machine, program)


@pytest.mark.parametrize("lie", [other_process, other_program, other_folder])
def test_another_in_its_place_is_not_believed(
    machine: FakeMachine,
    window: FakePeer,
    lie: object,
) -> None:
    assert callable(lie)
    machine.allow = lambda program: bool(lie(machine, program))
    with pytest.raises(NotReached, match="Another program answered"):
        start_helper(window)
    assert nothing_is_open(machine, window)


def test_who_comes_before_it_is_started_is_not_believed(
    machine: FakeMachine, window: FakePeer
) -> None:
    """The pipe is full then: the helper can't come, and nobody else is asked."""

    def allow(program: FakeProgram) -> bool:
        other_process(machine, program)
        with suppress(OSError):
            come(machine, program)
        return True

    machine.allow = allow
    with pytest.raises(NotReached, match="Another program answered"):
        start_helper(window)


def test_a_name_that_somebody_has_is_none(
    machine: FakeMachine, window: FakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda size: "0" * 2 * size)
    window.create_pipe(rf"\\.\pipe\writeback-{'0' * 32}", "D:")
    with pytest.raises(NotReached, match="refused: Access is denied"):
        start_helper(window)
    assert not machine.started


def test_what_windows_refuses_is_told(machine: FakeMachine, window: FakePeer) -> None:
    machine.refused = OSError(1260, "This program is blocked by group policy.")
    with pytest.raises(NotReached, match="blocked by group policy"):
        start_helper(window)


@pytest.mark.parametrize("path", [PROGRAM, PROGRAM.rpartition("\\")[0]])
def test_a_program_that_others_may_change_is_never_an_administrators(
    machine: FakeMachine, window: FakePeer, path: str
) -> None:
    window.installed[path] = f"{BROUGHT}(A;;FW;;;{PERSON})"
    with pytest.raises(NotReached, match="Others may change"):
        start_helper(window)
    assert not machine.started


def test_a_window_with_a_console_is_helped_without_one(
    machine: FakeMachine, window: FakePeer
) -> None:
    window.program.image = PROGRAM.replace("pythonw", "Python")
    machine.allow = lambda program: come(machine, program)
    start_helper(window)
    assert machine.started[0].image == PROGRAM
