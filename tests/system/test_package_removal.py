"""Who takes away the package of a serving agent is told what stays, and it does."""

from pathlib import Path

import pytest

from lab.machines.root import Suite
from lab.machines.server import Server, server
from lab.remains import directory_now
from tests.fixtures.packages import built_agent, built_agent_rpm
from tests.system.suites import SUITES
from tests.system.test_server import changed_objects

_UNIT = "writeback-agent.service"
_LEDGER = "/var/lib/writeback/agent/ledger.sqlite"
_HERE = ("/etc/writeback/settings.yaml", "/etc/writeback/enrolment.json", _LEDGER)


@pytest.mark.parametrize("suite", SUITES)
def test_dpkg_says_what_a_serving_agent_leaves(suite: Suite, tmp_path: Path) -> None:
    package = built_agent()
    with server(suite, tmp_path / "server") as here:
        before = directory_now(here.lab)
        here.install(package)
        serves(here)
        said = taken(here, "dpkg", "--remove", "writeback-agent")
        is_said(here, said, "sudo writeback remove")
        stays(here, before)
        # what it says to do does it
        here.install(package)
        here.done("remove", "--yes", **here.admin)
        assert changed_objects(before, here) == {}
        serves(here)
        said = taken(here, "dpkg", "--purge", "writeback-agent")
        is_said(here, said, "writeback-relay forget srv1")
        assert "the account svc-writeback and its permissions; delete that" in said
        stays_elsewhere(here, before)
        assert not any(exists(here, path) for path in _HERE)
        here.relay.forget("srv1")
        assert "srv1" not in here.relay.agents()


def test_rpm_says_what_a_serving_agent_leaves(tmp_path: Path) -> None:
    package = built_agent_rpm()
    with server("bookworm", tmp_path / "server", more=("rpm",)) as here:
        before = directory_now(here.lab)
        install_rpm(here, package)
        serves(here)
        assert here.machine.run(*_RPM, "--verify", "writeback-agent").stdout == ""
        said = taken(here, *_RPM, "--erase", "writeback-agent")
        is_said(here, said, "sudo writeback remove")
        stays(here, before)
        install_rpm(here, package)
        here.done("remove", "--yes", **here.admin)
        assert changed_objects(before, here) == {}
        # of an agent that was removed in order nothing is left to tell of
        assert "What stays" not in taken(here, *_RPM, "--erase", "writeback-agent")


# Debian's rpm, as no rpm distribution is at hand: its list has no package to depend on
_RPM = ("rpm", "--nodeps", "--force-debian")


def install_rpm(here: Server, package: Path) -> None:
    place = f"/var/cache/{package.name}"
    here.machine.put(place, package.read_bytes())
    here.machine.output(*_RPM, "--install", place)
    owned = "/usr/lib/writeback-agent/writeback-agent"
    assert here.machine.output("stat", "-c", "%U %a", owned) == "root 755\n"
    assert "writeback:x:" in here.machine.output("getent", "passwd", "writeback")
    assert here.machine.run("systemctl", "is-active", _UNIT).returncode != 0


def serves(here: Server) -> None:
    here.set_up()
    assert here.status()["ready"]
    assert here.check("clara") == "ok"


def taken(here: Server, *argv: str) -> str:
    """Take the package away; give what was said to who did."""
    done = here.machine.run(*argv)
    assert done.returncode == 0, done.stderr
    assert here.machine.run("systemctl", "is-active", _UNIT).returncode != 0

    return done.stderr


def is_said(here: Server, said: str, remedy: str) -> None:
    """Each thing with its place, and what takes it away."""
    for words in (
        "/etc/writeback (settings, keys), /var/lib/writeback, /var/log/writeback",
        "in corp.test: the account svc-writeback and its permissions",
        f"at {here.relay.url}: the agent srv1",
        remedy,
    ):
        assert words in said


def stays(here: Server, before: dict[str, bytes | None]) -> None:
    assert all(exists(here, path) for path in _HERE)
    stays_elsewhere(here, before)


def stays_elsewhere(here: Server, before: dict[str, bytes | None]) -> None:
    left = changed_objects(before, here)
    account = f"CN=svc-writeback,CN=Users,{here.lab.base_dn}"
    assert left.keys() >= {account, f"OU=People,{here.lab.base_dn}"}
    assert "srv1" in here.relay.agents()


def exists(here: Server, path: str) -> bool:
    return here.machine.run("test", "-e", path).returncode == 0
