"""An ordinary user sets a real server up from its package, if polkit lets them in."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.machines.killing import Point, halted, journals
from lab.machines.root import Suite
from lab.machines.server import SITE, Server, server
from lab.machines.traces import leaves_no_secret, watched
from tests.fixtures.packages import built_agent
from tests.system.suites import SUITES
from tests.system.test_hand_over import until

_UNIT = "writeback-setup.service"
_ADA = 1000
_RULE = """polkit.addRule(function(action, subject) {
    if (subject.user == "ada" && %s.indexOf(action.id) >= 0)
        return polkit.Result.YES;
});
"""


def ada(here: Server, what: str, **secrets: str) -> dict[str, Any]:
    """Do something as a person on the server who is not root."""
    leader = here.machine.entering()[2]
    program = [sys.executable, "-m", "tests.unit.wizard.elevation.as_person"]
    done = subprocess.run(
        ["nsenter", "-t", leader, "-p", "--", *program, str(_ADA), what],
        cwd=f"/proc/{leader}/root/run/dbus",
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        input=json.dumps({"settings": here.plain(), **here.admin, **secrets}),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def let_in(here: Server, *actions: str) -> None:
    named = [f"org.writeback.{action}" for action in actions]
    rule = _RULE % json.dumps(named)
    here.machine.put("/etc/polkit-1/rules.d/10-ada.rules", rule.encode())
    here.machine.output("systemctl", "restart", "polkit")


@pytest.mark.parametrize("suite", SUITES)
def test_an_ordinary_user_sets_a_server_up(suite: Suite, tmp_path: Path) -> None:
    package = built_agent()
    with server(suite, tmp_path / suite) as here:
        here.install(package)
        here.machine.output("useradd", "--uid", str(_ADA), "ada")
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
        assert here.status() == {"exit": 4, "installed": False}
        let_in(here, "look", "change")
        with watched(here):
            made = ada(here, "installs", **code)
        assert made.get("failed") == [], made
        assert made["ready"]
        assert made["handed over"]
        assert {state for _, state in made["told"]} == {"doing", "done"}
        assert here.status()["ready"]
        assert here.reset("anna") == "ok"
        here.signs_in("anna")
        here.machine.journal("ada asks: changes.apply", f"--unit={_UNIT}")
        leaves_no_secret(here)
        assert ada(here, "elsewhere")["error"] == "Unreachable"
        let_in(here, "look")
        assert "controllers in force" in ada(here, "elsewhere")["text"]
        let_in(here, "look", "change")
        removed = ada(here, "removes")
        assert removed.get("left") is False, removed
        assert here.status() == {"exit": 4, "installed": False}
        assert exposure(here) <= 2.5
        second_is_told_who_is_first(here)


def second_is_told_who_is_first(here: Server) -> None:
    """Who comes while another is at work is told who that is, and since when."""
    here.machine.put(SITE, here.settings().encode())
    point, began = Point(0, "keys", "before"), datetime.now(UTC)
    argv = ("apply", "--settings", SITE, "--yes")
    with halted(here, argv, point, again=lambda: remove(here)):
        refusal = ada(here, "installs", enrolment_code=here.relay.code())
        assert refusal["error"] == "Busy", refusal
        assert names(refusal["text"], "root", began)
        assert names(refused(here, "status"), "root", began)
    assert here.status()["ready"]
    remove(here)
    # and the other way round: root is told of the person, not of the service
    with held_for_ada(here) as began:
        for words in (("status",), ("apply", "--settings", SITE, "--yes")):
            assert names(refused(here, *words), "ada", began)
    remove(here)


def remove(here: Server) -> None:
    here.done("remove", "--yes", **here.admin)


@contextmanager
def held_for_ada(here: Server) -> Iterator[datetime]:
    """Hold the service while it installs for a person; give when that was asked for."""
    deadline, held = time.monotonic() + 300, False
    while not held:
        assert time.monotonic() < deadline, "it was never held in time"
        known, began = set(journals(here)), datetime.now(UTC)
        with ThreadPoolExecutor() as aside:
            code = here.relay.code()
            doing = aside.submit(ada, here, "installs", enrolment_code=code)
            service = stopped(here, known)
            try:
                # nothing in it waits for this: it may have ended by then
                held = any(".open." in path.name for path in journals(here))
                if held:
                    yield began
            finally:
                here.machine.output("kill", "-CONT", service)
            assert doing.result()["ready"]
        if not held:
            remove(here)


def stopped(here: Server, known: set[Path]) -> str:
    """Stop the service once it has begun something; give its process."""
    until(lambda: set(journals(here)) - known, "it is not begun")
    service = here.machine.output("systemctl", "show", "-P", "MainPID", _UNIT).strip()
    assert int(service)  # 0 would be this process and its like
    here.machine.output("kill", "-STOP", service)
    return service


def refused(here: Server, *words: str) -> str:
    """Run a command that must be refused; give what it said."""
    ended = here.writeback(*words)
    assert ended.returncode == 4, ended  # FINDINGS: another is at work
    return ended.stderr


def names(text: str, who: str, began: datetime) -> bool:
    """Say whether a text names somebody, a process, and the minute since when."""
    form = rf"^{who} \(process \d+\) has been changing .* since ([-0-9]+ [:0-9]+) UTC"
    found = re.search(form, text, re.MULTILINE)
    assert found, text
    since = datetime.strptime(found[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return began.replace(second=0, microsecond=0) <= since <= datetime.now(UTC)


def exposure(here: Server) -> float:
    """Give how exposed systemd finds the service that is root."""
    asked = ("systemd-analyze", "security", "--no-pager", _UNIT)
    text = here.machine.output(*asked)
    return float(text.rpartition(f"{_UNIT}: ")[2].split()[0])
