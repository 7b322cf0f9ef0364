"""A caller who takes their time has so much of it, whatever they do meanwhile."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from wizard.elevation.codec import LONGEST
from wizard.elevation.dbus import channel as module
from wizard.elevation.dbus.channel import Channel
from wizard.elevation.errors import BadCall


@contextlib.contextmanager
def caller(does: Callable[[socket.socket], None]) -> Iterator[socket.socket]:
    """A caller that does something until the channel is closed."""
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def run() -> None:
        with contextlib.suppress(OSError):
            while not over.is_set():
                does(theirs)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ours
    finally:
        over.set()
        with contextlib.suppress(OSError):
            theirs.shutdown(socket.SHUT_RDWR)
        thread.join()
        theirs.close()


def trickle(end: socket.socket) -> None:
    end.sendall(b" ")
    threading.Event().wait(0.02)


def flood(end: socket.socket) -> None:
    end.sendall(b"x" * 65536)


@pytest.mark.parametrize("does", [trickle, flood])
def test_a_line_without_an_end_is_given_up(
    does: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FIRST_S", 1)
    with caller(does) as ours:
        channel = Channel(ours)
        with pytest.raises(BadCall, match="brought no line"):
            channel.first_line()
        channel.close()


def lift_limits(end: socket.socket) -> None:
    """Change the socket that the service reads, by another descriptor of it."""
    end.setblocking(True)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 0))


def test_who_lifts_the_limits_of_the_socket_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FIRST_S", 1)
    ours, theirs = socket.socketpair()
    with ours.dup() as kept, theirs:
        channel = Channel(ours)
        lift_limits(kept)
        refused: list[BadCall] = []

        def ask() -> None:
            with pytest.raises(BadCall, match="brought no line") as bad:
                channel.first_line()
            refused.append(bad.value)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(20)
        assert refused
        channel.close()


def test_a_socket_that_listens_is_no_channel() -> None:
    end = socket.socket(socket.AF_UNIX)
    end.bind("")  # a name of the kernel's choice
    end.listen()
    with pytest.raises(BadCall, match="no stream"):
        Channel(end)


def test_a_socket_that_is_connected_to_nobody_brings_no_line() -> None:
    channel = Channel(socket.socket(socket.AF_UNIX))
    with pytest.raises(BadCall, match="brought no line"):
        channel.first_line()
    channel.say(b"refused")
    channel.close()


def sip(end: socket.socket) -> None:
    end.recv(1)
    threading.Event().wait(0.02)


def test_an_answer_that_is_read_by_the_byte_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_READING_S", 1)
    with caller(sip) as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        channel = Channel(ours)
        for _ in range(100):
            channel.say(b"x" * LONGEST)
        assert channel.stop.is_set()
        channel.close()
