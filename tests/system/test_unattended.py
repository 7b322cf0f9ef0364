"""Servers set up with nobody there: by Ansible, and by themselves at their start."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from agent.config.settings_file import parse
from lab.machines.ansible_playbook import Control
from lab.machines.machine import Machine
from lab.machines.root import Suite, ensure_root
from lab.machines.server import CA, SITE, Server, server
from lab.machines.traces import leaves_no_secret
from lab.places import REPOSITORY
from tests.fixtures.packages import built_agent
from tests.system.suites import SUITES

_SITE = "/etc/writeback-site.yaml"
_SEALED = "/etc/credstore.encrypted/writeback"
_FIRST_BOOT = "writeback-first-boot.service"


@pytest.mark.parametrize("suite", SUITES)
def test_servers_are_set_up_unattended(suite: Suite, tmp_path: Path) -> None:
    """One server by the playbook, and from its exported settings another."""
    # built before: where the servers are, there is no registry and no mirror
    package = built_agent()
    root = ensure_root(suite, more=("python3", "python3-apt"))
    with server(suite, tmp_path / "lab") as here:
        with another(here, root, tmp_path / "managed") as managed:
            control = a_control(managed, package, tmp_path)
            is_told_why_it_fails(managed, control)
            is_set_up_once(managed, control)
            exported = comes_back_the_same(managed)
            managed.done("remove", "--yes", **managed.admin)
        sets_itself_up(here, package, exported)


@contextmanager
def another(here: Server, root: Path, home: Path) -> Iterator[Server]:
    """Boot a server on another root, in the same network."""
    machine = Machine(home, root)
    try:
        machine.boot()
        yield replace(here, machine=machine)
    finally:
        machine.stop()


def a_control(managed: Server, package: Path, folder: Path) -> Control:
    """Make the computer that Ansible runs on, with the site's files."""
    settings = folder / "site.yaml"
    settings.write_text(managed.settings())
    variables = {
        "writeback_package": str(package),
        "writeback_settings": str(settings),
        "writeback_ca": str(managed.lab.ca),
        "writeback_ca_path": CA,
    }
    return Control(folder / "control", managed.machine, variables)


def is_told_why_it_fails(managed: Server, control: Control) -> None:
    """A secret is missing: the reason is shown, the others are not."""
    control.seal(managed.admin)
    played = control.play()
    assert played.failed == 1
    assert "An enrolment code is needed" in played.output
    assert not played.shows(managed.lab.admin_password)
    assert managed.status() == {"exit": 4, "installed": False}


def is_set_up_once(managed: Server, control: Control) -> None:
    """The first run makes a working agent; the next finds nothing to do."""
    code = managed.relay.code()
    control.seal({**managed.admin, "enrolment_code": code})
    first = control.play()
    assert (first.failed, first.changed) == (0, 1), first.output
    before = managed.status()
    assert before["ready"]
    assert before["fingerprint"] in first.output
    assert managed.reset("anna") == "ok"
    managed.signs_in("anna")
    again = control.play()
    assert (again.failed, again.changed) == (0, 0), again.output
    assert managed.status() == before
    for secret in (managed.lab.admin_password, code):
        assert not first.shows(secret)
        assert not again.shows(secret)
    leaves_no_secret(managed)


def comes_back_the_same(managed: Server) -> str:
    """What is exported is what was given, and applying it changes nothing."""
    exported = managed.done("export")
    assert parse(exported) == parse(managed.settings())
    managed.machine.put(SITE, exported.encode())
    plan = managed.done("apply", "--settings", SITE, "--yes", "--json")
    assert json.loads(plan)["changes"] == []
    return exported


def sets_itself_up(here: Server, package: Path, exported: str) -> None:
    """Another server takes the exported settings over when it starts."""
    here.install(package)
    here.machine.put(_SITE, exported.encode())
    unit = (REPOSITORY / "docs/ansible" / _FIRST_BOOT).read_bytes()
    here.machine.put(f"/etc/systemd/system/{_FIRST_BOOT}", unit)
    here.machine.output("install", "-d", "-m", "700", str(Path(_SEALED).parent))
    seal(here, here.admin)
    assert here.machine.run("systemctl", "start", _FIRST_BOOT).returncode == 1
    here.machine.journal("An enrolment code is needed", "--unit", _FIRST_BOOT)
    # it failed: what is sealed stays for the next start
    seal(here, {**here.admin, "enrolment_code": here.relay.code()}, again=True)
    assert can_be_read_by_a_pipe(here)
    here.machine.output("systemctl", "enable", _FIRST_BOOT)
    assert here.status() == {"exit": 4, "installed": False}
    here.machine.reboot()
    log = here.machine.output("journalctl", "--no-pager", "--unit", _FIRST_BOOT)
    assert here.status()["ready"], log
    assert here.done("export") == exported
    assert here.reset("bruno") == "ok"
    here.signs_in("bruno")
    assert here.machine.run("test", "-e", _SEALED).returncode == 1
    leaves_no_secret(here)


def seal(here: Server, secrets: Mapping[str, str], *, again: bool = False) -> None:
    """Seal secrets as a credential of systemd's, where there are some or none yet."""
    there = here.machine.run("test", "-e", _SEALED).returncode == 0
    assert there is again
    here.machine.output("rm", "-f", _SEALED)
    sealing = ("systemd-creds", "encrypt", "--name=writeback", "-", _SEALED)
    here.machine.output(*sealing, stdin=json.dumps(dict(secrets)))


def can_be_read_by_a_pipe(here: Server) -> bool:
    """Say whether what is sealed makes a plan that needs the administrator."""
    opened = f"systemd-creds decrypt --name=writeback {_SEALED} -"
    planned = f"writeback plan --settings {_SITE} --json --secrets-fd 0"
    plan = json.loads(here.machine.output("sh", "-c", f"{opened} | {planned}"))
    return any(change["needs_admin"] for change in plan["changes"])
