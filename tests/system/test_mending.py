"""What goes wrong on a server for years is told there, and mended by one command."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lab.machines.server import CA, SITE, Server, server
from tests.fixtures.packages import built_agent

# a server that everything is done to, for minutes
pytestmark = pytest.mark.slow

NEWER = "0.2.0"
_CREDENTIALS = "/etc/writeback/credentials"
_CERTIFICATE = "/etc/writeback/site.pem"
# a successor is given 30 s to get ready
_SECONDS = 90.0


def test_what_differs_is_told_and_mended(tmp_path: Path) -> None:
    package, newer = built_agent(), built_agent(NEWER)
    with server("bookworm", tmp_path / "server") as here:
        here.install(package)
        here.set_up()
        an_edited_environment_is_no_damage(here)
        an_upgrade_that_came_to_nothing_is_told(here, newer)
        secrets_of_no_use_are_replaced(here)
        a_renewed_certificate_is_taken_up(here)
        plain_secrets_are_sealed(here)
        another_name_leaves_the_old_one(here)
        a_disabled_service_is_removed(here)


def an_edited_environment_is_no_damage(here: Server) -> None:
    line = "echo WRITEBACK_LOG_LEVEL=DEBUG >> /etc/default/writeback-agent"
    here.machine.output("sh", "-c", line)
    here.done("verify")


def an_upgrade_that_came_to_nothing_is_told(here: Server, newer: Path) -> None:
    """While the relay is away the successor gets not ready, and the old one goes on."""
    here.relay.stop()
    here.install(newer)
    query = ("journalctl", "--unit=writeback-agent", "--output=cat")
    until(lambda: "going on" in here.machine.output(*query))
    here.relay.start(dies_with_us=True)
    until(lambda: bool(here.status()["ready"]))
    status = here.status()
    assert status["version"] != NEWER
    assert f"{NEWER} is installed" in status["attention"]
    found(here, f"{NEWER} is installed")
    here.done("repair", "--yes")
    status = here.status()
    assert (status["version"], status["attention"]) == (NEWER, "")


def secrets_of_no_use_are_replaced(here: Server) -> None:
    here.machine.output("chmod", "644", f"{_CREDENTIALS}/relay-listen-key.cred")
    found(here, "mode 644")
    assert "enrolment code is needed" in here.writeback("repair", "--yes").stderr
    used = here.relay.codes[-1]
    for command in ("repair", "rekey"):
        refused = here.writeback(command, "--yes", enrolment_code=used)
        assert (refused.returncode, "was used by" in refused.stderr) == (2, True)
        found(here, "mode 644")  # what the relay does not know does not pass for good
    here.done("repair", "--yes", enrolment_code=here.relay.code())
    password = f"{_CREDENTIALS}/directory-password.cred"
    here.machine.put(password, b"damaged", mode=0o600)
    found(here, "can't decrypt directory-password")
    here.done("repair", "--yes", **here.admin)
    assert here.check("clara") == "ok"


def a_renewed_certificate_is_taken_up(here: Server) -> None:
    here.machine.output("sh", "-c", f"echo '# renewed' >> {CA}")
    found(here, "other settings or certificates")
    assert "Replaces the running agent process" in here.done("plan")
    here.done("apply", "--yes")
    here.done("verify")


def plain_secrets_are_sealed(here: Server) -> None:
    """As after an upgrade of the system from a systemd that could not seal."""
    plain = f"{_CREDENTIALS}/relay-test-key"
    sealed = f"{plain}.cred"
    argv = ("systemd-creds", "decrypt", "--name=relay-test-key", sealed, plain)
    here.machine.output(*argv)
    here.machine.output("chmod", "600", plain)
    here.machine.output("rm", sealed)
    found(here, "relay-test-key")
    here.done("repair", "--yes")
    assert plain not in here.machine.files()
    assert sealed in here.machine.files()


def another_name_leaves_the_old_one(here: Server) -> None:
    here.machine.put(SITE, here.settings(agent="srv2").encode())
    argv = ("apply", "--settings", SITE, "--yes")
    here.done(*argv, enrolment_code=here.relay.code())
    status = here.status()
    assert (status["agent"], status["ready"]) == ("srv2", True)


def a_disabled_service_is_removed(here: Server) -> None:
    """systemd unloads it as soon as it has ended; a certificate put there stays."""
    here.machine.output("systemctl", "disable", "writeback-agent")
    here.machine.put(_CERTIFICATE, b"an administrator's own\n")
    here.done("remove", "--yes", **here.admin)
    here.machine.output("dpkg", "--purge", "writeback-agent")
    assert here.machine.output("find", "/etc/writeback").split() == [
        "/etc/writeback",
        _CERTIFICATE,
    ]


def found(here: Server, words: str) -> None:
    """Have `verify` find something, in these words."""
    ended = here.writeback("verify")
    assert ended.returncode == 4
    assert words in ended.stdout


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)
