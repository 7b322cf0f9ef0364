"""The product on a real server, from its package alone: the whole life of an agent."""

import json
import time
from pathlib import Path

import pytest

from lab.machines.load import asked_all_the_time
from lab.machines.machine import DAILY, differences
from lab.machines.root import Suite
from lab.machines.server import CANARY, LIMITS, SITE, Server, server
from lab.machines.traces import leaves_no_secret, watched
from lab.remains import directory_now
from tests.conftest import ReportLine
from tests.fixtures.packages import built_agent
from tests.system.suites import SUITES

NEWER = "0.2.0"
# those who are asked about all the time, and who is given a password all the time
ASKED = ("anna", "clara", "comma_ou")
RESETTING = "never_expires"
_UNIT = "writeback-agent.service"
# what the system itself writes: package manager, logs, its own state
_SYSTEMS = (
    *("/var/lib/dpkg", "/var/log/dpkg.log", "/var/log/alternatives.log"),
    *("/var/cache/debconf", "/var/cache/ldconfig", "/var/log/journal"),
    *("/var/lib/systemd", "/var/log/lastlog", "/var/log/wtmp", "/var/cache/man"),
    *("/etc/machine-id", "/var/lib/dbus", "/var/tmp", "/var/lib/polkit-1"),
    # rewritten, with a backup, when a user comes or goes
    *("/etc/.pwd.lock", "/etc/passwd-", "/etc/group-", "/etc/shadow-"),
    *("/etc/gshadow-", "/etc/subuid-", "/etc/subgid-", "/etc/ld.so.cache"),
    *DAILY,
    SITE,
)
_ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")


@pytest.mark.parametrize("suite", SUITES)
def test_the_life_of_an_agent(
    suite: Suite, tmp_path: Path, report_line: ReportLine
) -> None:
    # built before: where the server is, there is no registry
    package, newer = built_agent(), built_agent(NEWER)
    with server(suite, tmp_path / suite) as here:
        directory, files, users = remembered(here)
        here.lift_minimum_age()
        here.install(package)
        installs(here)
        survives_a_reboot(here)
        count = is_reconfigured(here)
        count += is_upgraded_and_downgraded_under_load(here, newer, package)
        report_line(f"{count} requests, each sent once, in 3 hand-overs: none was lost")
        is_repaired(here)
        is_cloned(here, tmp_path / "clone")
        gets_new_keys(here)
        leaves_no_secret(here)
        here.done("remove", "--yes", **here.admin)
        assert here.status() == {"exit": 4, "installed": False}
        # the audit records stay, as one chain with those of the next installation
        assert json.loads(here.done("audit", "verify", "--json"))["records"] > 0
        # from nothing, and then over what a removal of the package alone leaves
        here.set_up()
        here.machine.output("dpkg", "--remove", "writeback-agent")
        here.install(package)
        assert here.status()["installed"]
        here.done("apply", "--yes")
        assert here.check("clara") == "ok"
        leaves_no_secret(here)
        here.done("remove", "--yes", **here.admin)
        here.machine.output("dpkg", "--purge", "writeback-agent")
        assert differences(files, here.machine.files(), _SYSTEMS) == {}
        assert {p: here.machine.read(p) for p in _ACCOUNTS} == users
        assert units(here) == ""
        assert changed_objects(directory, here) == {}


def remembered(
    here: Server,
) -> tuple[dict[str, bytes | None], dict[str, str], dict[str, str]]:
    """Note the directory, the files and the users as they were before."""
    users = {path: here.machine.read(path) for path in _ACCOUNTS}
    return directory_now(here.lab), here.machine.files(), users


def changed_objects(before: dict[str, bytes | None], here: Server) -> dict[str, bool]:
    """Give the objects that came, went, or have other permissions."""
    after = directory_now(here.lab)
    return {
        dn: dn in after
        for dn in {*before, *after}
        if before.get(dn) != after.get(dn) and "DNS" not in dn
    }


def units(here: Server) -> str:
    """List what systemd knows of the product."""
    count = ("systemctl", "list-unit-files", "--no-legend", "writeback*")
    return here.machine.run(*count).stdout


def installs(here: Server) -> None:
    """A package alone starts nothing; one command makes a working agent."""
    assert here.status() == {"exit": 4, "installed": False}
    assert here.machine.run("systemctl", "is-enabled", _UNIT).stdout == "disabled\n"
    with watched(here):
        here.set_up()
    status = here.status()
    assert (status["ready"], status["version"]) == (True, "0.1.0")
    assert here.machine.output("systemctl", "is-enabled", _UNIT) == "enabled\n"
    assert here.reset("anna") == "ok"
    here.signs_in("anna")
    # an alert for Microsoft's event finds it in the journal
    event = ("--output=json", "WRITEBACK_EVENT=31002")
    found = here.machine.journal("WRITEBACK_USER", *event)
    entry = json.loads(found.splitlines()[-1])
    assert entry["WRITEBACK_USER"] == here.lab.people["anna"]["upn"]
    exposure = here.machine.output("systemd-analyze", "security", "--no-pager", _UNIT)
    score = float(exposure.rpartition(f"{_UNIT}: ")[2].split()[0])
    assert score <= 1.5, score
    assert here.done("apply", "--settings", SITE, "--yes").startswith("Nothing to do")


def survives_a_reboot(here: Server) -> None:
    here.machine.reboot()
    assert here.machine.output("systemctl", "is-active", _UNIT) == "active\n"
    assert here.machine.output("systemctl", "show", "-P", "LimitCORE", _UNIT) == "0\n"
    assert here.status()["ready"]
    assert here.reset("bruno") == "ok"
    here.signs_in("bruno")


def is_reconfigured(here: Server) -> int:
    """Only what changed is touched; nobody who asks meanwhile is sent away."""
    before = pid(here)
    with asked_all_the_time(here, *ASKED, resetting=RESETTING) as answers:
        edited = here.settings(limits={**LIMITS, "per_minute": 50_000})
        here.machine.put(SITE, edited.encode())
        output = here.done("apply", "--settings", SITE, "--yes", "--json")
    steps = [change["step"] for change in json.loads(output)["changes"]]
    assert steps[:1] == ["settings"]
    assert steps[-1] == "service"
    assert answers.lost == set(), answers.codes
    assert pid(here) != before
    # by hand: shown, and followed when it is applied
    edit = "s/per_minute: 50000/per_minute: 60000/"
    here.machine.output("sed", "-i", edit, "/etc/writeback/settings.yaml")
    assert here.status()["drift"] == ["limits.per_minute: 50000 becomes 60000"]
    here.done("apply", "--yes")
    assert here.status()["drift"] == []
    resets(here, "reconfigured")
    return answers.codes.total()


def resets(here: Server, when: str) -> None:
    """A person's new password comes home, and signs in."""
    password = f"{CANARY}-{when}"
    assert here.reset("bruno", password) == "ok"
    here.signs_in("bruno", password)


def is_upgraded_and_downgraded_under_load(
    here: Server, newer: Path, package: Path
) -> int:
    """Settings, secrets and keys stay; no request is lost on the way."""
    before, count = here.status(), 0
    kept = here.machine.output(
        "sh", "-c", "sha256sum /etc/writeback/*/* /etc/writeback/*.*"
    )
    for version, file in ((NEWER, newer), ("0.1.0", package)):
        old = pid(here)
        with asked_all_the_time(here, *ASKED, resetting=RESETTING) as answers:
            here.install(file)
            serves_again(here, old)  # dpkg does not wait for the successor
        assert answers.lost == set(), answers.codes
        count += answers.codes.total()
        now = here.status()
        assert now["version"] == version
        assert now["fingerprint"] == before["fingerprint"]
        assert pid(here) != old
        # one that took over is watched and restarted like one that was started
        old = pid(here)
        here.machine.output("kill", "-KILL", str(old))
        serves_again(here, old)
        resets(here, version)
    after = here.machine.output(
        "sh", "-c", "sha256sum /etc/writeback/*/* /etc/writeback/*.*"
    )
    assert after == kept
    return count


def is_repaired(here: Server) -> None:
    """What was damaged is found and mended."""
    drop_in = f"/etc/systemd/system/{_UNIT}.d"
    here.machine.output("rm", "-r", drop_in)
    here.machine.output("chmod", "666", "/etc/writeback/settings.yaml")
    here.machine.output("systemctl", "disable", "--now", _UNIT)
    found = json.loads(here.writeback("verify", "--json").stdout)
    failed = {row["id"] for row in found["checks"] if row["state"] == "failed"}
    assert failed == {"files", "unit", "service"}
    here.done("repair", "--yes")
    assert here.writeback("verify").returncode == 0
    resets(here, "repaired")
    what_the_agent_writes_is_its_own_again(here)


def what_the_agent_writes_is_its_own_again(here: Server) -> None:
    """As after a backup that root restored, or a rotation that made files root's."""
    written = tuple(
        f"/var/{name}"
        for name in ("log/writeback/audit.jsonl", "lib/writeback/agent/ledger.sqlite")
    )
    here.machine.output("systemctl", "stop", _UNIT)
    here.machine.output("chown", "root:root", *written)
    here.machine.run("systemctl", "start", _UNIT)
    assert here.machine.run("systemctl", "is-active", _UNIT).returncode != 0
    found = json.loads(here.writeback("verify", "--json").stdout)
    rows = [row["title"] for row in found["checks"] if row["id"] == "files"]
    assert sorted(rows) == sorted(f"Protection of {path}" for path in written)
    here.done("repair", "--yes")
    listed = here.machine.output("stat", "--format=%U:%G %a", *written)
    assert listed.splitlines() == ["writeback:writeback 600"] * 2
    assert here.writeback("verify").returncode == 0
    resets(here, "its own again")


def is_cloned(here: Server, home: Path) -> None:
    """A copy of the machine does not serve as the original; it gets its own keys."""
    copy = here.machine.copy(home)
    # what every way of cloning a server does, or should
    (copy.upper / "etc/machine-id").unlink(missing_ok=True)
    clone = Server(here.lab, here.relay, copy, agent="srv2", account="svc-copy")
    copy.boot()
    try:
        assert not clone.status()["running"]
        assert "copy" in clone.status()["attention"]
        found = json.loads(clone.writeback("verify", "--json").stdout)
        (row,) = (each for each in found["checks"] if each["id"] == "enrolment")
        assert "copy" in row["detail"]
        # under the name of the original it gets none
        code = here.relay.code()
        refused = clone.writeback("rekey", "--yes", **here.admin, enrolment_code=code)
        assert refused.returncode == 2
        assert "--original-is-gone" in refused.stderr
        copy.put(SITE, clone.settings().encode())
        argv = ("rekey", "--settings", SITE, "--yes")
        clone.done(*argv, **here.admin, enrolment_code=code)
        assert clone.status()["ready"]
        assert clone.status()["fingerprint"] != here.status()["fingerprint"]
        assert clone.check("clara") == here.check("clara") == "ok"
        clone.done("remove", "--yes", **here.admin)
        # nothing of it was the original's
        assert here.writeback("verify").returncode == 0
        assert here.check("clara") == "ok"
    finally:
        copy.stop()


def gets_new_keys(here: Server) -> None:
    """New keys under the same name: the old ones sign that they leave the relay."""
    before, argv = here.status()["fingerprint"], ("rekey", "--yes")
    code = here.relay.code()
    here.done(*argv, enrolment_code=code)
    known = here.status()["fingerprint"]
    assert known != before
    assert here.check("clara") == "ok"
    # a used code stays used: nothing is begun with it
    again = here.writeback(*argv, enrolment_code=code)
    assert again.returncode == 2, again.stdout
    assert "was used by" in again.stderr
    assert here.status()["fingerprint"] == known


def serves_again(here: Server, gone: int) -> None:
    """Wait until another process serves in the place of one that ends."""
    deadline = time.monotonic() + 180
    # while somebody changes it, the status says just that
    while pid(here) in (0, gone) or not here.status().get("ready"):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def pid(here: Server) -> int:
    """Give the agent's main process."""
    output = here.machine.output("systemctl", "show", "-P", "MainPID", _UNIT)
    return int(output)
