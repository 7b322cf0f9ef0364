"""An agent that is frozen is none that is ready, whatever it wrote before."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from wizard.host import living_agent
from wizard.host.living_agent import running_service

_SERVER = """
import http.server, sys
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Serve HTTP in a process that can be frozen."""
    argv = [sys.executable, "-c", _SERVER]
    out, devnull = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(argv, stdout=out, stderr=devnull, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


def said(port: object, pid: int = 7) -> Mapping[str, Any]:
    return {"ready": True, "pid": pid, "port": port}


def test_one_that_is_frozen_is_not_ready_until_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(living_agent, "ANSWER_S", 60.0)
    with server() as (process, port):
        assert running_service(lambda: said(port), 1).ready
        process.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(living_agent, "ANSWER_S", 0.1)
        frozen = running_service(lambda: said(port), 1)
        assert (frozen.running, frozen.answers, frozen.ready) == (True, False, False)
        process.send_signal(signal.SIGCONT)
        monkeypatch.setattr(living_agent, "ANSWER_S", 60.0)
        assert running_service(lambda: said(port), 1).ready


def test_one_that_is_gone_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not running_service(lambda: said(port), 1).ready


def test_one_that_took_over_meanwhile_is_asked_in_its_place() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gone = listening.getsockname()[1]
    with server() as (_, port):
        words = iter([said(gone), said(port, pid=8)])
        service = running_service(lambda: next(words), 1)
    assert service.ready
    assert service.status["pid"] == 8


@pytest.mark.parametrize("port", [None, "9843", 0, -1, 65536, 10**30])
def test_one_that_names_no_port_can_not_be_asked(port: object) -> None:
    assert running_service(lambda: said(port), 1).ready
