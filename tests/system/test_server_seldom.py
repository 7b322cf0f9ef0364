"""What few servers meet: an old systemd, an account that stays, a lost original."""

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from lab.machines.killing import Point, Run
from lab.machines.server import Server, server
from lab.machines.traces import leaves_no_secret
from lab.remains import directory_now
from tests.fixtures.packages import built_agent
from tests.system.test_hand_over import until

# a server of its own for each, for what few servers meet
pytestmark = pytest.mark.slow

_CREDENTIALS = "/etc/writeback/credentials"
_TOOL = "/usr/bin/systemd-creds"


def test_secrets_are_roots_own_files_where_systemd_seals_none(tmp_path: Path) -> None:
    """As with a systemd older than 250, which hands on what only root can read."""
    with server("bookworm", tmp_path / "server") as here:
        here.machine.output("mv", _TOOL, f"{_TOOL}.away")
        here.install(built_agent())
        before = here.machine.files()
        here.set_up()
        listed = here.machine.output("stat", "--format=%n %a %U", *secrets(here))
        for line in listed.splitlines():
            assert line.endswith(" 600 root"), line
        assert here.machine.output("stat", "--format=%a", _CREDENTIALS) == "700\n"
        options = here.machine.read(
            "/etc/systemd/system/writeback-agent.service.d/10-credentials.conf"
        )
        assert options.count("\nLoadCredential=") == len(options.splitlines()) - 2
        # the service itself can't look there
        reading = ("setpriv", "--reuid=writeback", "cat", secrets(here)[0])
        assert here.machine.run(*reading).returncode != 0
        assert here.reset("anna") == "ok"
        here.signs_in("anna")
        assert here.writeback("verify").returncode == 0
        leaves_no_secret(here)
        here.done("remove", "--delete-audit", "--yes", **here.admin)
        gone = set(before) - set(here.machine.files())
        left = {p for p in set(here.machine.files()) - set(before) if "writeback" in p}
        assert (gone, left) == (set(), set())


SEALING = (
    Point(0, "sealing", "after"),
    Point(1, "unit", "before"),
    Point(1, "unit", "after"),
    Point(3, "plain", "before"),
    Point(3, "plain", "after"),
)


def test_a_plug_pulled_while_secrets_are_sealed_leaves_an_agent_that_starts(
    tmp_path: Path,
) -> None:
    with server("bookworm", tmp_path / "server") as here:
        here.machine.output("mv", _TOOL, f"{_TOOL}.away")
        here.install(built_agent())
        here.set_up()
        known = here.status()["fingerprint"]
        here.machine.output("mv", f"{_TOOL}.away", _TOOL)  # the system was upgraded
        for point in SEALING:
            with Run.of(here, ("repair", "--yes")) as run:
                assert run.comes_to(point)
                run.signal(signal.SIGKILL)
            here.machine.pull_plug()
            here.machine.boot()
            serves(here, known)
            if point.step != "plain":  # the last one takes no time: it may be done
                assert here.status()["cut_off"]
            here.done("rollback", "--yes")
            serves(here, known)
        here.done("repair", "--yes")
        assert all(name.endswith(".cred") for name in secrets(here))
        serves(here, known)
        here.done("remove", "--yes", **here.admin)


def serves(here: Server, known: str) -> None:
    upn = here.lab.people["clara"]["upn"]
    with here.portal(known) as asking:
        user = {"by": "userPrincipalName", "value": upn}
        assert asking.code("check", user=user) == "ok"


def secrets(here: Server) -> list[str]:
    """List the files of secrets, with their folder."""
    names = here.machine.output("ls", _CREDENTIALS).split()
    assert len(names) == 5, names
    return [f"{_CREDENTIALS}/{name}" for name in names]


def test_an_account_that_is_kept_serves_the_next_installation(tmp_path: Path) -> None:
    with server("bookworm", tmp_path / "server") as here:
        bare = directory_now(here.lab)
        here.install(built_agent())
        here.set_up()
        before = directory_now(here.lab)
        # nobody of the domain is asked: nothing changes there
        here.done("remove", "--yes", "--keep-account")
        assert here.status() == {"exit": 4, "installed": False}
        assert directory_now(here.lab) == before
        here.set_up()
        assert directory_now(here.lab) == before
        assert here.reset("anna") == "ok"
        here.signs_in("anna")
        here.done("remove", "--yes", **here.admin)
        assert directory_now(here.lab) == bare


def test_a_copy_takes_over_from_an_original_that_is_gone(tmp_path: Path) -> None:
    with server("bookworm", tmp_path / "server") as here:
        here.install(built_agent())
        here.set_up()
        known = here.status()["fingerprint"]
        copy = here.machine.copy(tmp_path / "copy")
        (copy.upper / "etc/machine-id").unlink(missing_ok=True)
        here.machine.shut_down()
        copy.boot()
        try:
            heir = replace(here, machine=copy)
            here.relay.forget(here.agent)
            code = here.relay.code()
            argv = ("rekey", "--yes", "--original-is-gone")
            heir.done(*argv, **heir.admin, enrolment_code=code)
            assert heir.status()["ready"]
            assert heir.status()["attention"] == ""
            assert heir.status()["fingerprint"] != known
            assert heir.writeback("verify").returncode == 0
            assert heir.reset("anna") == "ok"
            heir.signs_in("anna")
            leaves_no_secret(heir)
            heir.done("remove", "--yes", **heir.admin)
        finally:
            copy.stop()


def test_a_copy_with_the_same_machine_id_is_seen_by_its_use(tmp_path: Path) -> None:
    """No id tells them apart: one that asks itself hears the other."""
    with server("bookworm", tmp_path / "server") as here:
        here.install(built_agent())
        here.set_up()
        copy = here.machine.copy(tmp_path / "copy")
        copy.boot()
        try:
            twin = replace(here, machine=copy)
            until(
                lambda: any(
                    "another agent uses the same keys" in each.status()["attention"]
                    for each in (here, twin)
                ),
                "nobody tells of the twin",
                seconds=300,
            )
        finally:
            copy.stop()
        until(lambda: here.status()["attention"] == "", "it is told for good", 180)
        here.done("remove", "--yes", **here.admin)
