"""The portal's package: what it holds and leaves, and a portal that serves by it."""

import asyncio
import http.client
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lab.authority import Authority
from lab.machines.machine import machine
from lab.machines.network import own_network
from lab.machines.root import Suite, ensure_root
from portal.settings import SETTINGS_FILE
from tests.fixtures.packages import built_portal
from tests.fixtures.portal.agent import AgentPerson, StandInAgent
from tests.fixtures.portal.machine import (
    SECRETS,
    SOCKET,
    UNIT,
    PackagedPortal,
    reached,
)
from tests.fixtures.portal.mail import mail_server
from tests.fixtures.portal.running import ANNA
from tests.fixtures.relay_stage import relay_stage
from tests.system.bare import OF_THE_TOOLS, Bare
from tests.system.suites import SUITES
from tests.system.test_packages import contents, paths
from wire.keys import PrivateKeys

_MOST_BYTES = 27_000_000
_SETUP = ("writeback-portal", "setup", "--base-url", "https://p.test")
_DATA = "/var/lib/writeback-portal"
_TWO = "writeback-portal-two.service"
_USER = "writeback-portal"


@pytest.fixture(scope="module")
def package() -> Path:
    return built_portal()


@pytest.fixture(params=SUITES)
def bare(tmp_path: Path, request: pytest.FixtureRequest) -> Bare:
    return Bare(tmp_path, request.param)


def test_it_holds_what_it_needs_and_nothing_else(package: Path) -> None:
    found = paths(package)
    own = "/usr/lib/writeback-portal"
    for path in (
        *(f"{own}/writeback-portal", "/usr/bin/writeback-portal"),
        *(f"/usr/lib/systemd/system/{UNIT}", f"/usr/lib/systemd/system/{SOCKET}"),
        *("/usr/lib/sysusers.d/writeback-portal.conf",),
        *("/usr/lib/tmpfiles.d/writeback-portal.conf",),
        *("/usr/share/man/man8/writeback-portal.8.gz",),
        *("/usr/share/bash-completion/completions/writeback-portal",),
        *("/usr/share/doc/writeback-portal/copyright",),
        *("/usr/share/doc/writeback-portal/sbom.cdx.json",),
        *("/usr/share/doc/writeback-portal/portal.md",),
        *("/usr/share/doc/writeback-portal/examples/nginx.conf",),
        *("/usr/share/doc/writeback-portal/examples/Caddyfile",),
        *("/usr/share/doc/writeback-portal/examples/haproxy.cfg",),
        *(f"{own}/_internal/portal/templates/base.html",),
        *(f"{own}/_internal/portal/static/portal.css",),
        *(f"{own}/_internal/portal/database/revisions/env.py",),
        *(f"{own}/_internal/resources/translations/de/LC_MESSAGES/portal.mo",),
    ):
        assert path in found, path
    words = re.compile(
        r"qt|pyside|ldap3|keyring|jeepney|/agent/|/relay/|/wizard/|/tests?/|aiosmtpd"
    )
    ours = [path for path in found if not path.startswith(f"{own}/_internal/portal/")]
    assert [path for path in ours if words.search(path.lower())] == []
    for mode, owner, *_ in contents(package):
        assert owner == "root/root"
        assert mode in ("l---------", "drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x")
    assert package.stat().st_size < _MOST_BYTES


def test_it_is_set_up_removed_and_purged_without_a_trace(
    package: Path, bare: Bare
) -> None:
    before = bare.files()
    bare.put("/portal.deb", package.read_bytes())
    bare.run("dpkg", "--install", "/portal.deb")
    said = bare.run("writeback-portal", "check", fails=True)
    assert "FAILED  settings: there is no" in said
    assert "setup needs --organization" in bare.run(*_SETUP, fails=True)
    said = bare.run(*_SETUP, "--organization", "Contoso")
    assert "systemctl enable --now writeback-portal.socket" in said
    assert owner(bare, f"{_DATA}/portal.db") == f"{_USER} 600"
    assert owner(bare, f"{_DATA}/portal.db.lock") == f"{_USER} 600"
    assert owner(bare, SECRETS) == "root 700"
    assert owner(bare, f"{SECRETS}/pepper") == "root 600"
    assert owner(bare, str(SETTINGS_FILE)) == "root 644"
    assert "." in bare.run("writeback-portal", "statement")
    said = bare.run("dpkg", "--remove", "writeback-portal")
    assert "stay in\n/var/lib/writeback-portal" in said.replace(" >&2", "")
    assert {f"{_DATA}/portal.db", f"{SECRETS}/pepper"} <= bare.files()
    bare.run("dpkg", "--purge", "writeback-portal")
    left = bare.files() - before - {"/portal.deb"}
    assert {path for path in left if not OF_THE_TOOLS.fullmatch(path)} == set()


def owner(bare: Bare, path: str) -> str:
    return bare.run("stat", "-c", "%U %a", path).strip()


# a second version of the package has to be built for it: two minutes and more on two
# processors, for what the units, nginx and several nodes make of what others test
@pytest.mark.slow
@pytest.mark.parametrize("suite", SUITES)
async def test_a_portal_serves_through_restart_upgrade_loss_and_a_killed_node(
    package: Path, tmp_path: Path, suite: Suite
) -> None:
    newer = built_portal("9.9.9")
    root = ensure_root(suite, more=("nginx", "postgresql"))
    with own_network(), machine(tmp_path / "machine", root) as here:
        async with relay_stage(tmp_path / "stage") as stage:
            agent = _agent(stage.portal_keys)
            ca = tmp_path / "stage/ca"
            authority = Authority(ca / "ca.pem", ca / "ca.key")
            with mail_server(authority, tmp_path / "mail") as mail:
                portal = PackagedPortal(here, package, stage, agent, mail, tmp_path)
                async with reached(portal):
                    await asyncio.to_thread(_installed, portal)
                    await _serves(portal, newer)
                    codes = await portal.registered()
                    await _comes_back_after_a_purge(portal, newer, codes)
                    await _goes_on_without_a_node(portal)
        here.output("dpkg", "--purge", "writeback-portal")
        listed = [path for path in here.files() if "writeback-portal" in path]
        theirs = ("/etc/nginx/sites-enabled/writeback-portal", f"/{_TWO}", "-two.yaml")
        assert [path for path in listed if not path.endswith(theirs)] == [
            "/etc/writeback-portal"  # the CA in it is the administrator's
        ] + [path for path in listed if path == "/etc/writeback-portal/ca.pem"]
        assert here.run("getent", "passwd", _USER).returncode != 0


def _agent(portal: PrivateKeys) -> StandInAgent:
    person = AgentPerson(**{**vars(ANNA), "history": set()})
    return StandInAgent(portal.public, [person])


def _installed(portal: PackagedPortal) -> None:
    """Install and set it up, with keys that the relay knows, as after a move."""
    portal.install()
    here = portal.here
    keys = portal.stage.portal_keys.secret().reveal()
    here.put(f"{SECRETS}/wire_keys", keys.encode(), mode=0o600)
    assert "wire_keys is there, and stays" in portal.set_up()
    portal.put_behind_nginx()
    said = portal.command("setup")
    assert "serves on 127.0.0.1:8480" in said


async def _serves(portal: PackagedPortal, newer: Path) -> None:
    """It is well, hardened, and there through a restart, a kill and an upgrade."""
    here = portal.here
    await portal.is_well()
    here.output("writeback-portal", "check", "--node")
    _is_hardened(portal)
    browser = await portal.signed_in()
    sealed = portal.command("seal-secrets")
    assert sealed.count("\nsealed ") + 1 == 4
    assert here.output("ls", SECRETS) == ""
    async with asked_without_end(portal) as statuses:
        await asyncio.to_thread(here.output, "systemctl", "restart", UNIT)
        await asyncio.to_thread(portal.install, newer)
    assert set(statuses) == {200}
    assert len(statuses) > 10
    here.output("systemctl", "kill", "--signal=KILL", UNIT)
    await until_served(portal)
    assert (await browser.open("/account")).path == "/account"
    assert portal.command("--version").strip() == "9.9.9"
    await portal.is_well()


def _is_hardened(portal: PackagedPortal) -> None:
    here = portal.here
    said = here.output("systemd-analyze", "security", "--no-pager", UNIT)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", said)
    assert found is not None
    assert float(found[1]) <= 1.5
    pid = here.output("systemctl", "show", "--value", "-p", "MainPID", UNIT).strip()
    assert here.output("stat", "-c", "%U", f"/proc/{pid}").strip() == _USER
    secret = here.read(f"{SECRETS}/pepper").strip()
    environment = here.read(f"/proc/{pid}/environ") + here.read(f"/proc/{pid}/cmdline")
    assert secret not in environment


@asynccontextmanager
async def asked_without_end(portal: PackagedPortal) -> AsyncIterator[list[int]]:
    """Open the first page again and again; give what it was answered with."""
    statuses: list[int] = []
    told = asyncio.Event()

    async def ask() -> None:
        while not told.is_set():
            page = await portal.browser().raw("GET", "/", b"", {})
            statuses.append(page.status)
            assert page.status == 200, (dict(page.headers), page.text)
            await asyncio.sleep(0.1)  # so much the example lets one address ask

    asking = asyncio.create_task(ask())
    try:
        yield statuses
    finally:
        told.set()
        await asking


async def until_served(portal: PackagedPortal) -> None:
    """Wait until the first page is there again."""
    async with asyncio.timeout(60):
        while True:
            try:
                page = await portal.browser().raw("GET", "/", b"", {})
            except (OSError, http.client.HTTPException):
                continue
            if page.status == 200:
                return


async def _comes_back_after_a_purge(
    portal: PackagedPortal, newer: Path, codes: list[str]
) -> None:
    """Backed up with its secrets, purged, and put back on a machine with nothing."""
    here = portal.here
    assert await portal.takes(codes[0])
    portal.command("backup", "--with-secrets", "/root/portal.tar")
    assert here.output("stat", "-c", "%U %a", "/root/portal.tar") == "root 600\n"
    assert await portal.takes(codes[1])
    here.output("tar", "-xf", "/root/portal.tar", "-C", "/root", "portal.yaml")
    here.output("dpkg", "--purge", "writeback-portal")
    assert here.run("test", "-e", _DATA).returncode == 1
    await asyncio.to_thread(portal.install, newer)
    here.put(str(SETTINGS_FILE), here.read("/root/portal.yaml").encode())
    said = portal.command("restore", "/root/portal.tar")
    assert "Used up: all" in said
    await asyncio.to_thread(portal.command, "setup")
    await until_served(portal)
    await portal.is_well()
    assert not await portal.takes(codes[1])
    portal.command("events", "verify")


async def _goes_on_without_a_node(portal: PackagedPortal) -> None:
    """Two nodes on PostgreSQL, by a password: a visit goes on where one is killed."""
    here = portal.here
    # the agent answers in this loop meanwhile
    await asyncio.to_thread(_begin_two_nodes, portal)
    await until_served(portal)
    await portal.is_well()
    codes = await portal.registered()
    browser = portal.browser()
    await browser.open("/forgot")
    await browser.send(name=ANNA.upn)
    _kill(portal, UNIT, SOCKET)
    await browser.open("/forgot/recovery")
    page = await browser.send(code=codes[0])
    assert page.heading == "Prove it is you (2 of 2)", page.text
    await asyncio.to_thread(here.output, "systemctl", "start", SOCKET, UNIT)
    _kill(portal, _TWO)
    # the proxy takes the first one for lost for 5 s more
    await until_served(portal)
    assert not await portal.takes(codes[0])
    assert await portal.takes(codes[1])
    portal.command("events", "verify")


def _kill(portal: PackagedPortal, unit: str, *more: str) -> None:
    """Kill a node, and leave it dead."""
    portal.here.output("systemctl", "kill", "--signal=KILL", unit)
    portal.here.output("systemctl", "stop", *more, unit)


def _begin_two_nodes(portal: PackagedPortal) -> None:
    """Move to PostgreSQL: a role, its password as a secret, and a second service."""
    here = portal.here
    here.output("systemctl", "start", "postgresql")
    for sql in (
        "CREATE ROLE portal LOGIN PASSWORD 'canary-postgresql'",
        "CREATE DATABASE portal OWNER portal",
    ):
        here.output("runuser", "-u", "postgres", "--", "psql", "-c", sql)
    here.put(f"{SECRETS}/database_password", b"canary-postgresql\n", mode=0o600)
    url = "postgresql://portal@127.0.0.1/portal"
    text = f"database: {url}\n{here.read(str(SETTINGS_FILE))}"
    here.put(str(SETTINGS_FILE), text.encode())
    two = str(SETTINGS_FILE.with_name("portal-two.yaml"))
    here.put(two, f"listen: 127.0.0.1:8481\n{text}".encode())
    unit = here.read(f"/usr/lib/systemd/system/{UNIT}")
    unit = unit.replace(f"Requires={SOCKET}\n", "").replace(f"{SOCKET} ", "")
    unit = unit.replace("-portal serve\n", f"-portal serve --settings {two}\n")
    here.put(f"/etc/systemd/system/{_TWO}", unit.encode())
    here.output("systemctl", "daemon-reload")
    # both make the tables at once
    begun = here.run("systemctl", "restart", UNIT, _TWO)
    assert begun.returncode == 0, here.journal("", "--unit", UNIT, "--unit", _TWO)
    portal.add_node_to_nginx("127.0.0.1:8481")
