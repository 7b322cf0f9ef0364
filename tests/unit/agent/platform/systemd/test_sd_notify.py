"""Notices to the service manager are datagrams of lines."""

import contextlib
import os
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.platform.systemd.sd_notify import Notifier


def test_each_word_is_one_datagram(listening: socket.socket) -> None:
    notifier = Notifier(str(listening.getsockname()))
    notifier.ready()
    notifier.status("two\nlines")
    notifier.succeeded_by(7)
    notifier.close()
    datagrams = [listening.recv(100) for _ in range(3)]
    assert datagrams[:2] == [b"READY=1", b"STATUS=two lines"]
    # what the successor said before was not heard: its time starts anew
    assert datagrams[2].splitlines() == [b"MAINPID=7", b"WATCHDOG=1"]


def test_an_abstract_address_is_understood() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0writeback-test-notify")
        server.settimeout(5)
        notifier = Notifier.of({"NOTIFY_SOCKET": "@writeback-test-notify"})
        notifier.alive()
        notifier.close()
        assert server.recv(100) == b"WATCHDOG=1"


@pytest.mark.parametrize(
    ("micro", "seconds"), [("30000000", 30.0), ("", None), ("0", None), ("x", None)]
)
def test_the_watchdog_is_read(micro: str, seconds: float | None) -> None:
    assert Notifier.of({"WATCHDOG_USEC": micro}).watchdog_s == seconds


def test_nobody_to_notify_is_no_error(tmp_path: Path) -> None:
    Notifier().ready()
    notifier = Notifier(str(tmp_path / "nobody"))
    notifier.ready()
    notifier.close()


def test_a_sign_of_life_wants_for_no_descriptor(listening: socket.socket) -> None:
    """A hung service is what one without signs of life is taken for."""
    notifier = Notifier(str(listening.getsockname()))
    notifier.alive()
    assert listening.recv(100) == b"WATCHDOG=1"
    with no_descriptors():
        notifier.alive()
    assert listening.recv(100) == b"WATCHDOG=1"
    notifier.close()


@contextlib.contextmanager
def no_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            os.pipe()
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
