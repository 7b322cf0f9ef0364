"""A window that keeps to nothing holds nobody up, and the helper ends with it."""

import json
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.fixtures.windows.fake_pipes import FakeMachine, FakePeer
from tests.unit.wizard.answered import CANARY, SETTINGS
from tests.unit.wizard.elevation.bus import until
from tests.unit.wizard.elevation.by_hand import INSTALLED_CALL, NO_SECRETS, call
from tests.unit.wizard.elevation.conftest import ServiceStage
from tests.unit.wizard.elevation.test_remote import Patient
from wizard.elevation import codec, errors
from wizard.elevation.codec import LONGEST
from wizard.elevation.errors import BadCall
from wizard.elevation.methods import method_of
from wizard.elevation.windows import channel, pipe_end
from wizard.elevation.windows.framing import (
    ANSWERED,
    Frame,
    Kind,
    frames,
    spell_action,
)
from wizard.elevation.windows.pipe_end import PipeEnd
from wizard.elevation.windows.server import PipeService
from wizard.inputs import Inputs
from wizard.plan.change import Plan

NAME = rf"\\.\pipe\writeback-{'0' * 32}"
CALL = spell_action("look", INSTALLED_CALL)
SEALED = b"{}\n"


class Window:
    """Somebody who writes to the helper by hand."""

    def __init__(self, machine: FakeMachine, stage: ServiceStage) -> None:
        self.peer = FakePeer(machine, machine.program(), elevated=False)
        self.pipe = self.peer.create_pipe(NAME, "D:")
        helper = FakePeer(machine, machine.program(), elevated=True)
        end = PipeEnd(helper, helper.connect_pipe(NAME))
        service = PipeService(end, "ada", stage.controller_for)
        self.serving = threading.Thread(target=service.run)
        self.serving.start()

    def send(self, *sent: Frame) -> None:
        self.write(b"".join(each.spell() for each in sent))

    def write(self, data: bytes) -> None:
        self.peer.write_pipe(self.pipe, data, 20)

    def ask(self, call: int, text: bytes = CALL, sealed: bytes = SEALED) -> bytes:
        self.send(Frame(call, Kind.CALL, text), Frame(call, Kind.SEALED, sealed))
        return self.heard(call)

    def heard(self, call: int) -> bytes:
        """Give all that is said of a call."""
        said = b""
        for frame in frames(
            lambda size, _: self.peer.read_pipe(self.pipe, size, 20), ANSWERED
        ):
            assert frame.call == call
            if frame.kind is Kind.END:
                return said
            said += frame.data
        pytest.fail("it ended")

    @property
    def is_let_go(self) -> bool:
        self.serving.join(20)
        return not self.serving.is_alive()

    def close(self) -> None:
        self.peer.close_pipe(self.pipe)


@pytest.fixture
def window(machine: FakeMachine, stage: ServiceStage) -> Iterator[Window]:
    window = Window(machine, stage)
    yield window
    window.close()
    assert window.is_let_go


def refusal(said: bytes) -> str:
    error = errors.read(json.loads(said)["error"])
    assert isinstance(error, BadCall)
    return str(error)


def test_a_call_by_hand_is_answered(window: Window) -> None:
    assert json.loads(window.ask(0)) == {"result": None}
    assert json.loads(window.ask(5)) == {"result": None}


@pytest.mark.parametrize(
    "text",
    [
        b"\x00{}",
        b"\x00",
        b"\x00[]",
        spell_action("look", json.dumps({"method": "x", "arguments": {}})),
        spell_action("look", json.dumps({"method": "x.y", "arguments": {}})),
        spell_action("change", INSTALLED_CALL),
        spell_action("look", "x" * LONGEST),
        spell_action(
            "look",
            json.dumps({"method": "changes.apply", "arguments": {"plan": None}}),
        ),
    ],
)
def test_a_call_that_is_none_is_refused_and_the_next_answered(
    window: Window, text: bytes
) -> None:
    refusal(window.ask(0, text))
    assert json.loads(window.ask(1)) == {"result": None}


def test_a_call_without_its_secrets_is_given_up(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "_FIRST_S", 0.1)
    window.send(Frame(0, Kind.CALL, CALL))
    assert "brought no line" in refusal(window.heard(0))


def test_a_call_that_is_stopped_before_its_secrets_is_none(window: Window) -> None:
    window.send(Frame(0, Kind.CALL, CALL), Frame(0, Kind.STOP))
    assert "brought no line" in refusal(window.heard(0))


@pytest.mark.parametrize(
    "sent",
    [
        [Frame(0, Kind.SEALED, SEALED)],
        [Frame(3, Kind.STOP)],
        [Frame(0, Kind.CALL, b"\x09{}")],
        [Frame(0, Kind.CALL, b"")],
        [Frame(0, Kind.CALL, CALL), Frame(0, Kind.CALL, CALL)],
        [Frame(4, Kind.CALL, CALL), Frame(3, Kind.CALL, CALL)],
        [Frame(0, Kind.CALL, CALL), Frame(0, Kind.SEALED, b"no end")],
        [Frame(0, Kind.CALL, CALL), Frame(0, Kind.SEALED, b"x" * LONGEST + b"\n")],
        [
            Frame(0, Kind.CALL, CALL),
            Frame(0, Kind.STOP),
            Frame(0, Kind.SEALED, SEALED),
            Frame(9, Kind.STOP),
        ],
        [Frame(0, Kind.END)],
    ],
)
def test_who_keeps_to_nothing_is_let_go(window: Window, sent: list[Frame]) -> None:
    window.send(*sent)
    assert window.is_let_go


def test_secrets_come_once(window: Window, stage: ServiceStage) -> None:
    stage.fake.hold = "find_domain"
    text = spell_action("look", call("checks.find_domain"))
    sealed = Frame(0, Kind.SEALED, SEALED)
    window.send(Frame(0, Kind.CALL, text), sealed)
    until(lambda: bool(stage.fake.named("find_domain")))
    window.send(sealed)
    # nothing more is read, and the pipe is closed once what was begun has ended
    window.write(Frame(1, Kind.CALL, CALL).spell())
    stage.fake.go.set()
    assert window.is_let_go


@pytest.mark.parametrize("data", [b"\xff" * 9, b"GET / HTTP/1.1\r\n\r\n", b"\0" * 40])
def test_what_is_no_frame_ends_it(window: Window, data: bytes) -> None:
    window.write(data)
    assert window.is_let_go


@pytest.mark.parametrize("cut", [1, 8, 9, 12])
def test_a_pipe_that_is_closed_in_the_middle_ends_it(
    window: Window, stage: ServiceStage, cut: int
) -> None:
    window.write(Frame(0, Kind.CALL, CALL).spell()[:cut])
    window.close()
    assert window.is_let_go
    assert not stage.people


def test_a_window_that_goes_in_the_middle_of_a_change_has_it_taken_back(
    window: Window, stage: ServiceStage
) -> None:
    stage.fake.changes = patient = Patient(stage.fake)
    apply = method_of("changes.apply")
    plan = Plan(SETTINGS, stage.fake.planned)
    text = spell_action("change", codec.spell_call(apply, {"plan": plan}))
    sealed = codec.spell_sealed(apply, {"inputs": Inputs()})
    window.send(Frame(0, Kind.CALL, text), Frame(0, Kind.SEALED, sealed))
    assert window.peer.read_pipe(window.pipe, 1, 20)  # it has begun
    window.close()
    assert patient.stopped.wait(20)
    # and it is waited for
    assert window.is_let_go


def test_too_many_calls_at_once_are_refused(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "_FIRST_S", 1)
    calls = 50
    window.send(*(Frame(each, Kind.CALL, CALL) for each in range(calls)))
    ended, said = set(), b""
    for frame in frames(
        lambda size, _: window.peer.read_pipe(window.pipe, size, 20), ANSWERED
    ):
        said += frame.data
        if frame.kind is Kind.END:
            ended.add(frame.call)
        if len(ended) == calls:
            break
    assert said.count(b"Too much is asked at once.") >= 1
    assert len(threading.enumerate()) < 20
    assert json.loads(window.ask(calls)) == {"result": None}


def test_a_window_that_reads_nothing_is_let_go(
    window: Window, stage: ServiceStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipe_end, "_READING_S", 0.3)
    with suppress(OSError):
        for call in range(4000):
            window.send(Frame(call, Kind.CALL, b"\x00{}"))
    assert window.is_let_go


def test_nothing_of_a_call_is_quoted(
    window: Window, caplog: pytest.LogCaptureFixture
) -> None:
    bad = json.dumps({"method": CANARY, "arguments": {CANARY: CANARY}})
    said = window.ask(0, spell_action("look", bad), NO_SECRETS)
    assert CANARY.encode() not in said
    assert CANARY not in caplog.text
