"""A helper that keeps to nothing is asked no more, and the window waits for nobody."""

import itertools
import threading
from collections.abc import Callable

import pytest

from tests.fixtures.windows.fake_pipes import FakeMachine, FakePeer, FakeProgram
from wizard.elevation.errors import NotReached
from wizard.elevation.remote_controller import remote_controller
from wizard.elevation.windows import client as module
from wizard.elevation.windows.client import HelperClient
from wizard.elevation.windows.framing import Frame, Kind

Lie = Callable[[FakePeer, int], None]


def lying(machine: FakeMachine, lie: Lie) -> None:
    """Have a helper that is the right process, and then does something else."""

    def run(program: FakeProgram) -> None:
        peer = FakePeer(machine, program, elevated=True)
        pipe = peer.connect_pipe(program.command[1].split()[-1])
        peer.read_pipe(pipe, 1 << 20, 20)
        lie(peer, pipe)
        peer.close_pipe(pipe)

    def allow(program: FakeProgram) -> bool:
        threading.Thread(target=run, args=(program,)).start()
        return True

    machine.allow = allow


def write(*sent: Frame) -> Lie:
    data = b"".join(each.spell() for each in sent)
    return lambda peer, pipe: peer.write_pipe(pipe, data, 20)


def flood(peer: FakePeer, pipe: int) -> None:
    try:
        for _ in itertools.count():
            peer.write_pipe(pipe, Frame(0, Kind.SAID, b"x" * 10_000).spell(), 20)
    except OSError:
        pass


LIES: list[Lie] = [
    lambda _peer, _pipe: None,  # it goes
    write(Frame(0, Kind.END)),
    write(Frame(0, Kind.SAID, b'{"result"')),
    write(Frame(9, Kind.SAID, b'{"result": null}\n')),
    write(Frame(0, Kind.CALL, b"")),
    lambda peer, pipe: peer.write_pipe(pipe, b"\xff" * 40, 20),
    lambda peer, pipe: peer.write_pipe(pipe, b"\0", 20),
    flood,
]


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_answer_is_told_as_none(
    machine: FakeMachine,
    window: FakePeer,
    lie: Lie,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MOST", 100_000)
    lying(machine, lie)
    client = HelperClient(window)
    with pytest.raises(NotReached, match="ended before it answered"):
        remote_controller(client).installation.installed()
    client.close()
    assert not window.handles_open


def test_other_calls_end_with_a_helper_that_goes(
    machine: FakeMachine, window: FakePeer
) -> None:
    go, ended = threading.Event(), []

    def wait(_peer: FakePeer, _pipe: int) -> None:
        assert go.wait(20)

    lying(machine, wait)
    client = HelperClient(window)
    remote = remote_controller(client)

    def ask() -> None:
        with pytest.raises(NotReached) as caught:
            remote.installation.installed()
        ended.append(caught.value)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for each in asking:
        each.start()
    go.set()
    for each in asking:
        each.join(20)
    assert len(ended) == 3
    client.close()
