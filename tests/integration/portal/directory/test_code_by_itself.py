"""From nothing to an agent that is enrolled, and nobody typed an enrolment code.

The command line asks the portal, the portal's owner approves, the portal orders the
code at the relay, and the agent enrols with it: each of them the real one.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from agent.config import enrolment
from agent.config.settings_file import dump
from lab.agent_settings import settings_for
from lab.authority import Authority, issue
from lab.controller import Lab
from tests.fixtures.portal.live import Owner, live_owner
from wizard.host.sandbox.host import SandboxHost

_SECONDS = 60.0
_CODE = re.compile(r"\b[B-Z]{4}-[B-Z]{4}\b")
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{4} ){15}[0-9A-F]{4}")
_WRITEBACK = "from wizard.cli.main import main; raise SystemExit(main())"


@contextmanager
def serving(owner: Owner) -> Iterator[str]:
    """Run the portal as a process with a certificate of the lab; give its address."""
    authority = Authority(owner.lab.ca, owner.lab.ca.parent / "ca.key")
    issue(authority, owner.folder / "portal", ["localhost"], ["127.0.0.1"])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"https://localhost:{port}"
    owner._write(
        base_url=address,
        listen=f"127.0.0.1:{port}",
        database=f"sqlite:///{owner.folder}/portal.db",
        tls={
            "certificate": str(owner.folder / "portal.pem"),
            "key": str(owner.folder / "portal.key"),
        },
    )
    places = ["--settings", str(owner.folder / "portal.yaml")]
    places += ["--secrets", str(owner.folder / "secrets")]
    argv = [sys.executable, "-m", "portal", "serve", *places]
    log = owner.folder / "portal.log"
    with log.open("wb") as out:
        process = subprocess.Popen(argv, stdout=out, stderr=out)
    try:
        _wait_until_open(port, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_open(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def _shown(err: IO[str]) -> tuple[str, str]:
    """Read the terminal up to the fingerprint; give it with the code before it."""
    seen, code = "", ""
    for line in err:
        seen += line
        if found := _CODE.search(line):
            code = found.group()
        if found := _FINGERPRINT.search(line):
            return code, found.group()
    raise AssertionError(seen)


@pytest.fixture
def owner(fresh_lab: Lab, tmp_path: Path) -> Iterator[Owner]:
    with live_owner(fresh_lab, tmp_path / "owner") as made:
        yield made


@pytest.fixture
def host(tmp_path: Path) -> Iterator[SandboxHost]:
    made = SandboxHost(tmp_path / "machine")
    yield made
    made.stop_service()


def applying(
    owner: Owner, host: SandboxHost, site: Path, portal: str
) -> "subprocess.Popen[str]":
    """Begin `writeback apply --sign-in`."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        password = owner.lab.accounts["svc-existing"]["password"]
        json.dump({"account_password": password}, file)
    argv = [sys.executable, "-c", _WRITEBACK, "apply", "--settings", str(site)]
    argv += ["--sign-in", portal, "--yes", "--json", "--home", str(host.places.home)]
    argv += ["--secrets-fd", str(reading)]
    try:
        return subprocess.Popen(
            argv,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[reading],
            text=True,
        )
    finally:
        os.close(reading)


def test_an_agent_is_enrolled_without_a_code_being_typed(
    owner: Owner, host: SandboxHost, tmp_path: Path
) -> None:
    relay = {"url": owner.relay.url, "ca": str(owner.relay.folder / "ca.pem")}
    settings = settings_for(owner.lab, relay=relay)
    site = tmp_path / "site.yaml"
    site.write_text(dump(settings))
    owner.relay.owner("portal", "allow-codes", "contoso")
    with serving(owner) as portal:
        process = applying(owner, host, site, portal)
        assert process.stderr is not None
        code, fingerprint = _shown(process.stderr)
        approved = owner.command("approve", code, "--yes")
        out, err = process.communicate(timeout=180)
    assert fingerprint in approved
    assert settings.agent in approved
    assert process.returncode == 0, out + err
    done = json.loads(out)
    assert done["hand_over"]["fingerprint"] == fingerprint
    made = enrolment.load(host.places.enrolment)
    assert made.portal_fingerprint == owner.command("fingerprint")
    assert made.connection == settings.agent
    (enrolled,) = json.loads(owner.relay.owner("agents", "--json"))
    assert enrolled["fingerprint"] == fingerprint
    (used,) = json.loads(owner.relay.owner("codes", "--json"))
    assert (used["state"], used["for_agent"]) == ("used", settings.agent)
    kinds = owner.command("events", "export", "--format", "csv")
    for kind in ("agent_asked", "agent_approved", "agent_code_taken"):
        assert kind in kinds


def test_a_refused_agent_changes_nothing(
    owner: Owner, host: SandboxHost, tmp_path: Path
) -> None:
    relay = {"url": owner.relay.url, "ca": str(owner.relay.folder / "ca.pem")}
    site = tmp_path / "site.yaml"
    site.write_text(dump(settings_for(owner.lab, relay=relay)))
    with serving(owner) as portal:
        process = applying(owner, host, site, portal)
        assert process.stderr is not None
        code, _ = _shown(process.stderr)
        owner.command("approve", code, "--refuse")
        out, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "refused this agent" in json.loads(out)["error"]
    assert not host.places.enrolment.exists()
    assert json.loads(owner.relay.owner("codes", "--json")) == []
