"""The relay's package: what it holds and leaves, and a relay that serves by it."""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from lab.authority import Authority, issue, make_authority
from lab.machines.machine import Machine, machine
from lab.machines.network import own_network
from lab.machines.root import Suite, ensure_root
from relay.cli.main import main
from tests.fixtures.packages import built_relay
from tests.fixtures.relay_stage import (
    DEADLINE_S,
    PORTAL,
    Enrolled,
    RelayStage,
    echo,
    listening_agent,
    relay_stage,
    until,
)
from tests.system.bare import OF_THE_TOOLS, Bare
from tests.system.suites import SUITES
from tests.system.test_packages import contents, paths
from wire.enrolment_code import parse_half
from wire.keys import fingerprint_digest

_UNIT = "writeback-relay.service"
_TLS = "/root/tls"
SETUP = ("writeback-relay", "setup", "--name", "localhost")
PAIR = ("--cert", f"{_TLS}/leaf.pem", "--key", f"{_TLS}/leaf.key")


@pytest.fixture(scope="module")
def package() -> Path:
    return built_relay()


@pytest.fixture(params=SUITES)
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Bare:
    return Bare(tmp_path, request.param)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[RelayStage]:
    """Have a relay elsewhere, whose backup is the first data."""
    async with relay_stage(tmp_path / "stage") as running:
        yield running


def test_it_holds_what_it_needs_and_nothing_else(package: Path) -> None:
    found = paths(package)
    for path in (
        *("/usr/lib/writeback-relay/writeback-relay", "/usr/bin/writeback-relay"),
        *(f"/usr/lib/systemd/system/{_UNIT}",),
        *("/usr/lib/systemd/system/writeback-relay.socket",),
        *("/usr/lib/sysusers.d/writeback-relay.conf",),
        *("/usr/share/man/man8/writeback-relay.8.gz",),
        *("/usr/share/bash-completion/completions/writeback-relay",),
        *("/usr/share/doc/writeback-relay/copyright",),
        *("/usr/share/doc/writeback-relay/sbom.cdx.json",),
        *("/usr/share/doc/writeback-relay/relay.md",),
    ):
        assert path in found
    words = re.compile(r"qt|pyside|ldap3|keyring|jeepney|/agent/|/wizard/|/tests?/")
    assert [path for path in found if words.search(path.lower())] == []
    for mode, owner, *_ in contents(package):
        assert owner == "root/root"
        assert mode in ("l---------", "drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x")


def test_it_is_set_up_removed_and_purged_without_a_trace(
    package: Path, bare: Bare, tmp_path: Path
) -> None:
    issue(make_authority(tmp_path / "ca"), tmp_path / "leaf", ["localhost"], [])
    put_pair(tmp_path / "leaf", bare)
    before = bare.files()
    bare.put("/relay.deb", package.read_bytes())
    bare.run("dpkg", "--install", "/relay.deb")
    assert "there is no relay database" in bare.run(
        "writeback-relay", "agents", fails=True
    )
    said = bare.run(*SETUP, *PAIR)
    assert "copies are in /etc/writeback-relay/tls" in said
    owned = bare.run("stat", "-c", "%U %a %n", "/var/lib/writeback-relay/relay.db")
    assert owned.startswith("writeback-relay 600 ")
    key = bare.run("stat", "-c", "%G %a", "/etc/writeback-relay/tls/key.pem")
    assert key.strip() == "writeback-relay 640"
    bare.run("writeback-relay", "agents")
    said = bare.run("dpkg", "--remove", "writeback-relay")
    assert "stays in\n/var/lib/writeback-relay" in said
    assert "/var/lib/writeback-relay/relay.db" in bare.files()
    bare.run("dpkg", "--purge", "writeback-relay")
    left = bare.files() - before - {"/relay.deb"}
    assert {path for path in left if not OF_THE_TOOLS.fullmatch(path)} == set()


def put_pair(leaf: Path, at: Bare | Machine) -> None:
    """Put a certificate and a key there that root alone may read."""
    for ending in ("pem", "key"):
        content = leaf.with_name(f"{leaf.name}.{ending}").read_bytes()
        at.put(f"{_TLS}/{leaf.name}.{ending}", content, mode=0o600)


@pytest.mark.parametrize("suite", SUITES)
async def test_a_relay_serves_through_renewal_restart_and_upgrade(
    package: Path, stage: RelayStage, tmp_path: Path, suite: Suite
) -> None:
    newer = built_relay("9.9.9")
    agent = await stage.enrol("agent1")
    backup = tmp_path / "backup.tar"
    assert main(["backup", str(backup), "--data", str(stage.folder / "data")]) == 0
    root = ensure_root(suite)
    with own_network(), machine(tmp_path / "relay", root) as here:
        install(here, package, stage, backup)
        stage.port = 443
        await takes_a_code(here, stage)
        async with listening_agent(stage, agent, echo) as linked:
            asking = asyncio.create_task(ask_until_told(stage, told := asyncio.Event()))
            try:
                for name in ("by-signal", "by-file"):
                    new = await asyncio.to_thread(renewed, here, stage, tmp_path, name)
                    await is_taken_up(stage, new)
                assert linked.reasons == []
                await tells_of_itself()
                await asyncio.to_thread(here.output, "systemctl", "restart", _UNIT)
                await until(lambda: linked.connected, "it is back")
                here.put("/root/newer.deb", newer.read_bytes())
                argv = ("dpkg", "--install", "/root/newer.deb")
                await asyncio.to_thread(here.output, *argv)
                await until(lambda: linked.connected, "it is back again")
            finally:
                told.set()
            assert set(await asking) == {200}
        is_hardened(here)
        leaves_nothing(here)


def install(here: Machine, package: Path, stage: RelayStage, backup: Path) -> None:
    put_pair(stage.leaf, here)
    here.put("/root/relay.deb", package.read_bytes())
    here.put("/root/backup.tar", backup.read_bytes())
    here.output("dpkg", "--install", "/root/relay.deb")
    here.output(*SETUP, *PAIR, "--no-start")
    here.output("writeback-relay", "restore", "/root/backup.tar")
    started = here.run(*SETUP, *PAIR)
    assert started.returncode == 0, here.journal("", "--unit", _UNIT)
    assert here.output("systemctl", "is-active", _UNIT).strip() == "active"
    assert "agent1" in here.output("writeback-relay", "agents")


async def ask_until_told(stage: RelayStage, told: asyncio.Event) -> list[int]:
    """Send one request after the other, each once and on a new connection."""
    statuses = []
    while not told.is_set():
        headers = stage.send_headers("agent1")
        async with (
            stage.client() as client,
            client.post("/agent1", data=b"x", headers=headers) as answer,
        ):
            statuses.append(answer.status)
        await asyncio.sleep(0.1)
    return statuses


async def takes_a_code(here: Machine, stage: RelayStage) -> None:
    """Enrol another agent, by a code of which the relay's command gave its half."""
    half = here.output("writeback-relay", "code", "--portal", PORTAL).split()[0]
    digest = fingerprint_digest(stage.portal.keys)
    agent = Enrolled("agent2", parse_half(half).joined(digest))
    async with (
        stage.client() as client,
        client.post("/$enrol", data=agent.application) as answer,
    ):
        assert answer.status == 201, await answer.text()
    assert "agent2" in here.output("writeback-relay", "agents")


def renewed(here: Machine, stage: RelayStage, folder: Path, name: str) -> str:
    """Have a renewal hook bring another certificate of the same authority; give it."""
    ca = stage.folder / "ca"
    authority = Authority(ca / "ca.pem", ca / "ca.key")
    issue(authority, folder / name, ["localhost"], ["127.0.0.1"])
    put_pair(folder / name, here)
    pair = ("--cert", f"{_TLS}/{name}.pem", "--key", f"{_TLS}/{name}.key")
    here.output("writeback-relay", "certificate", *pair)
    if name == "by-signal":
        here.output("systemctl", "reload", _UNIT)
    return (folder / f"{name}.pem").read_text()


async def is_taken_up(stage: RelayStage, certificate: str) -> None:
    """Wait until who connects is shown it; systemd has the signal sent, or nobody."""
    deadline = time.monotonic() + DEADLINE_S
    while await shown(stage) not in certificate:
        assert time.monotonic() < deadline, "the certificate is not taken up"
        await asyncio.sleep(0.1)


async def shown(stage: RelayStage) -> str:
    _, writer = await asyncio.open_connection(
        "127.0.0.1", stage.port, ssl=stage.client_tls, server_hostname="localhost"
    )
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return ssl.DER_cert_to_PEM_cert(der).strip()


async def tells_of_itself() -> None:
    """Answer a monitor on the documented port."""
    async with aiohttp.ClientSession("http://127.0.0.1:9469") as monitor:
        async with monitor.get("/ready") as answer:
            assert answer.status == 200
            assert await answer.json() == {"ready": True, "problems": []}
        async with monitor.get("/metrics") as answer:
            told = await answer.text()
    assert "writeback_relay_agents_listening 1" in told
    assert 'writeback_relay_responses_total{status="200"}' in told


def is_hardened(here: Machine) -> None:
    said = here.output("systemd-analyze", "security", "--no-pager", _UNIT)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
    assert found is not None
    assert float(found[1]) <= 1.5
    pid = here.output("systemctl", "show", "--value", "-p", "MainPID", _UNIT).strip()
    assert here.output("stat", "-c", "%U", f"/proc/{pid}").strip() == "writeback-relay"
    limits = here.read(f"/proc/{pid}/limits")
    # as many as the machine below allows: raised to the hard limit, in any case
    assert re.search(r"Max open files +(\d+) +\1 ", limits)
    assert here.output("writeback-relay", "--version").strip().endswith("9.9.9")


def leaves_nothing(here: Machine) -> None:
    here.output("dpkg", "--purge", "writeback-relay")
    listed = here.files()
    assert [path for path in listed if "writeback-relay" in path] == []
    assert here.run("getent", "passwd", "writeback-relay").returncode != 0
