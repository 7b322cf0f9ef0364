"""An ordinary user sets a real server up from its package, if polkit lets them in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.installer.packages import built_agent
from tests.machine.root import Suite
from tests.machine.server import CANARY, Server, server

pytestmark = pytest.mark.live

_UNIT = "writeback-setup.service"
_ADA = 1000
_RULE = """polkit.addRule(function(action, subject) {
    if (subject.user == "ada" && %s.indexOf(action.id) >= 0)
        return polkit.Result.YES;
});
"""


def ada(here: Server, what: str, **given: str) -> dict[str, Any]:
    """Do something as a person on the server who is not root."""
    leader = here.machine.entering()[2]
    program = [sys.executable, "-m", "tests.wizard.elevation.as_person"]
    done = subprocess.run(
        ["nsenter", "-t", leader, "-p", "--", *program, str(_ADA), what],
        cwd=f"/proc/{leader}/root/run/dbus",
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        input=json.dumps({"settings": here.plain(), **here.admin, **given}),
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def let_in(here: Server, *actions: str) -> None:
    named = [f"org.writeback.{action}" for action in actions]
    rule = _RULE % json.dumps(named)
    here.machine.put("/etc/polkit-1/rules.d/10-ada.rules", rule.encode())
    here.machine.told("systemctl", "restart", "polkit")


@pytest.mark.parametrize(
    "suite", ["bookworm", pytest.param("trixie", marks=pytest.mark.slow)]
)
def test_an_ordinary_user_sets_a_server_up(suite: Suite, tmp_path: Path) -> None:
    package = built_agent()
    with server(suite, tmp_path / suite) as here:
        here.install(package)
        here.machine.told("useradd", "--uid", str(_ADA), "ada")
        code = {"enrolment_code": here.relay.code()}
        # no rule is for ada, and nobody is there to type a password
        refused = ada(here, "looks", **code)
        assert refused["error"] == "NotAllowed", refused
        assert "sudo writeback" in refused["text"]
        let_in(here, "look")
        looked = ada(here, "looks", **code)
        assert "error" not in looked, looked
        assert "account" in looked["plan"]
        assert ada(here, "installs", **code)["error"] == "NotAllowed"
        assert here.status() == {"exit": 0, "installed": False}
        let_in(here, "look", "change")
        made = ada(here, "installs", **code)
        assert made.get("failed") == [], made
        assert made["ready"]
        assert made["handed over"]
        assert {state for _, state in made["told"]} == {"doing", "done"}
        assert here.status()["ready"]
        assert here.reset("anna") == "ok"
        here.signs_in("anna")
        journal = here.machine.told("journalctl", "--no-pager", f"--unit={_UNIT}")
        assert "ada asks: apply" in journal
        everything = here.machine.told("journalctl", "--no-pager", "--output=verbose")
        for secret in (CANARY, here.lab.admin_password, *code.values()):
            assert secret not in everything
        removed = ada(here, "removes")
        assert removed.get("left") is False, removed
        assert here.status() == {"exit": 0, "installed": False}
        assert exposure(here) <= 2.5


def exposure(here: Server) -> float:
    """Give how exposed systemd finds the service that is root."""
    asked = ("systemd-analyze", "security", "--no-pager", _UNIT)
    said = here.machine.told(*asked)
    return float(said.rpartition(f"{_UNIT}: ")[2].split()[0])
