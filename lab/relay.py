"""The lab's own relay, with one portal that is known to it."""

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from docs.portal_keys import new_portal, statement, whole_code
from lab import process
from lab.authority import Authority, issue
from lab.chroot.errors import LabError
from lab.domain import ADDRESSES
from relay.cli.main import main as relay_main

NAME = "relay.corp.test"
PORTAL = "portal"
ISSUER = "https://portal.corp.test"
_PORTS = (443, 8443, 9443)
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.02


class LabRelay:
    """A relay process on the controller's own loopback address.

    `folder` holds its certificate, its data, and `first`, a copy of the data with the
    portal known and nothing enrolled, which reset() goes back to.
    """

    def __init__(self, folder: Path, address: str, port: int) -> None:
        self.folder = folder
        self.address = address
        self.port = port
        self.codes: list[str] = []  # all that it gave out, for who looks for traces
        self._data = folder / "data"
        self._pid_file = folder / "relay.pid"

    @property
    def url(self) -> str:
        return f"https://{self.address}:{self.port}"

    @property
    def portal(self) -> Path:
        """What the portal's owner keeps: its keys, and what the relay granted."""
        return self.folder / "portal.json"

    @property
    def running(self) -> bool:
        return process.load(self._pid_file) is not None

    @classmethod
    def make(cls, folder: Path, address: str, authority: Authority) -> "LabRelay":
        """Issue a certificate, make a portal, register it; portal.json beside it."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        # The relay refuses a folder that others can read: it holds its keys.
        (folder / "data").mkdir(mode=0o700)
        _run("setup", "--only-data", "--data", str(folder / "data"))
        relay = cls(folder, address, _free_port(address))
        shutil.copy(authority.certificate, folder / "ca.pem")
        issue(authority, folder / "server", [NAME, "localhost"], list(ADDRESSES))
        relay._add_portal()
        shutil.copytree(folder / "data", folder / "first")
        # Last: what attach() finds is complete.
        (folder / "port").write_text(str(relay.port))
        return relay

    @classmethod
    def attach(cls, folder: Path, address: str) -> "LabRelay | None":
        """The relay that an earlier command made there, running or not."""
        port = folder / "port"
        return cls(folder, address, int(port.read_text())) if port.is_file() else None

    def forget(self, agent: str) -> None:
        """Forget an agent, as the relay's owner does."""
        _run("forget", agent, "--data", str(self._data))

    def agents(self) -> str:
        """List who is enrolled, as the relay's owner is told."""
        return _run("agents", "--data", str(self._data))

    def reset(self) -> None:
        """Forget every agent and code."""
        self.stop()
        shutil.rmtree(self._data, ignore_errors=True)
        shutil.copytree(self.folder / "first", self._data)

    def start(self, *, dies_with_us: bool) -> None:
        """Serve, and return when it accepts connections."""
        argv = [
            *(sys.executable, "-m", "relay", "serve", "--data", str(self._data)),
            *("--listen", f"{self.address}:{self.port}", "--name", NAME),
            *("--cert", str(self.folder / "server.pem")),
            *("--key", str(self.folder / "server.key")),
        ]
        log = self.folder / "relay.log"
        relay = process.start(argv, log, dies_with_us=dies_with_us)
        process.save(relay, self._pid_file)
        deadline = time.monotonic() + _READY_SECONDS
        while not _accepts(self.address, self.port):
            if relay.gone_within(0) or time.monotonic() > deadline:
                tail = log.read_text(errors="replace").splitlines()[-15:]
                raise LabError("The relay did not come up.", "\n".join(tail))
            time.sleep(_POLL_SECONDS)

    def signal(self, number: signal.Signals) -> None:
        """Kill it, freeze it, let it go on: what a test of faults does."""
        running = process.load(self._pid_file)
        if running is None:
            raise LabError("The relay is not running.", "Call start() first.")
        running.signal(number)

    def stop(self) -> None:
        running = process.load(self._pid_file)
        if running is not None:
            running.stop()
        self._pid_file.unlink(missing_ok=True)

    def owner(self, *words: str) -> str:
        """Run a command of the relay's owner on its data; give what it printed."""
        return _run(*words, "--data", str(self._data))

    def succeed(self, statement: Path) -> None:
        """Register the portal's new keys, as the relay's owner does."""
        words = ("--data", str(self._data), "--statement", str(statement))
        _run("portal", "succeed", PORTAL, *words)

    def code(self, portal: Path | None = None) -> str:
        """A new enrolment code for one agent: the relay's half and the portal's."""
        half = _run("code", "--data", str(self._data), "--portal", PORTAL).strip()
        whole = whole_code(portal or self.portal, half)
        self.codes += [half, whole]
        return whole

    def _add_portal(self) -> None:
        stated = self.folder / "statement"
        new_portal(self.portal, ISSUER, self.url, str(self.folder / "ca.pem"))
        stated.write_text(statement(self.portal))
        words = ("--data", str(self._data), "--statement", str(stated))
        granted = json.loads(_run("portal", "add", PORTAL, *words))
        known = json.loads(self.portal.read_text())
        known["send_key_name"] = granted["send_key_name"]
        known["send_key"] = granted["send_key"]
        write_private(self.portal, known)


def write_private(path: Path, value: object) -> None:
    """Write JSON that only its owner reads."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        json.dump(value, file, indent=1)


def _run(*words: str) -> str:
    """Run a command of the relay's owner and give what it printed.

    In this process: a Python of its own is half a second before it does anything.
    """
    said, refused = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(refused):
        failed = relay_main(words)
    if failed:
        name = f"writeback-relay {words[0]}"
        raise LabError(f"{name} failed.", refused.getvalue().strip())
    return said.getvalue()


def _free_port(address: str) -> int:
    for port in _PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    raise LabError(f"Ports {_PORTS} on {address} are taken.", "Stop what serves them.")


def _accepts(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True
