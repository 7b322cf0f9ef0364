"""An agent of a really older build goes over to these sources' build, and back.

WRITEBACK_OLDER_PACKAGES names a folder with the .deb that ./dev build made of the agent
then. Without one only a renamed build can be tried, as test_server does:

    WRITEBACK_OLDER_PACKAGES=FOLDER .venv/bin/pytest tests/system/test_upgrade.py
"""

import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from docs.portal_client import Agent, Client, Portal, Sealed
from lab.machines.killing import Point, Run, planned
from lab.machines.load import Answers, asked_all_the_time
from lab.machines.server import CANARY, LIMITS, SITE, Server, server
from lab.machines.traces import leaves_no_secret
from lab.remains import directory_now
from tests.conftest import ReportLine
from tests.fixtures.packages import built_agent
from tests.system.test_server import changed_objects, pid, resets, serves_again

_FOLDER = os.environ.get("WRITEBACK_OLDER_PACKAGES", "")
_PEOPLE, _RESETTING = ("anna", "clara", "comma_ou"), "never_expires"
_SETTINGS = "/etc/writeback"
_JOURNALS = "/var/lib/writeback/journal"
_APPLY = ("apply", "--settings", SITE, "--yes")
_REMOVE = ("remove", "--yes")
# the plan of an installation, cut off in the directory: something has to be taken back
_CUT_OFF = "grants"

pytestmark = [
    # apart from ./dev test: it needs a build that no checkout of these sources makes
    pytest.mark.slow,
    pytest.mark.skipif(not _FOLDER, reason="WRITEBACK_OLDER_PACKAGES names no folder"),
]


@pytest.fixture(scope="module")
def older() -> Path:
    (package,) = Path(_FOLDER).glob("writeback-agent_*.deb")
    return package


@pytest.fixture(scope="module")
def newer() -> Path:
    return built_agent()


def version_of(package: Path) -> str:
    argv = ["dpkg-deb", "--field", str(package), "Version"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout[:-1]


def test_settings_secrets_journals_and_requests_go_both_ways(
    older: Path, newer: Path, tmp_path: Path, report_line: ReportLine
) -> None:
    assert version_of(older) != version_of(newer)
    with server("bookworm", tmp_path / "server") as here:
        directory = directory_now(here.lab)
        here.lift_minimum_age()
        here.install(older)
        here.set_up()
        counts = [goes_over(here, package) for package in (newer, older, newer)]
        report_line(f"{sum(counts)} requests, each sent once: none was lost")
        is_reconfigured(here, 50_000)
        goes_over(here, older)
        # the older build reads what the newer one wrote of its change
        is_reconfigured(here, 60_000)
        leaves_no_secret(here)
        goes_over(here, newer)
        here.done(*_REMOVE, **here.admin)
        assert changed_objects(directory, here) == {}


def test_what_the_newer_build_made_is_removed_by_the_older(
    older: Path, newer: Path, tmp_path: Path
) -> None:
    with server("bookworm", tmp_path / "server") as here:
        directory = directory_now(here.lab)
        here.install(newer)
        here.set_up()
        here.install(older)
        here.done(*_REMOVE, **here.admin)
        assert here.status()["installed"] is False
        assert changed_objects(directory, here) == {}


@pytest.mark.parametrize("first", ["older", "newer"])
def test_a_plan_that_is_cut_off_is_rolled_back_by_the_other(
    older: Path, newer: Path, first: str, tmp_path: Path
) -> None:
    begins, ends = (older, newer) if first == "older" else (newer, older)
    with server("bookworm", tmp_path / "server") as here:
        directory = directory_now(here.lab)
        here.install(begins)
        here.machine.put(SITE, here.settings().encode())
        steps = planned(here, here.settings())
        point = Point(steps.index(_CUT_OFF), _CUT_OFF, "after")
        with Run.of(here, _APPLY) as run:
            assert run.comes_to(point)
            run.signal(signal.SIGKILL)
            assert run.process.wait() != 0
        here.install(ends)
        assert here.status()["cut_off"]
        here.done("rollback", "--yes", **here.admin)
        assert here.status()["installed"] is False
        assert changed_objects(directory, here) == {}


def goes_over(here: Server, package: Path) -> int:
    """Install another build under load; all is as it was, and nobody was lost."""
    before, kept, old = here.status(), kept_files(here), pid(here)
    request = Repeated.sent(here)
    with asked_all_the_time(here, *_PEOPLE, resetting=_RESETTING) as answers:
        here.install(package)
        serves_again(here, old)
        request.gets_its_first_answer()
    none_is_lost(answers)
    now = here.status()
    assert now["version"] == version_of(package)
    assert now["ready"]
    assert now["fingerprint"] == before["fingerprint"]
    assert now["drift"] == []
    assert kept_files(here) == kept
    assert here.writeback("verify").returncode == 0
    assert here.done(*_APPLY).startswith("Nothing to do")
    resets(here, f"after {pid(here)}")
    return answers.codes.total()


@dataclass(frozen=True)
class Repeated:
    """One sealed request, sent before and after: the ledger gives its first answer."""

    client: Client
    agent: Agent
    sealed: Sealed
    first: dict[str, Any]

    @classmethod
    def sent(cls, here: Server) -> Self:
        client = Client(Portal.load(here.relay.portal))
        agent = client.agent(here.agent, here.status()["fingerprint"])
        upn = here.lab.people["bruno"]["upn"]
        claims: dict[str, Any] = {"user": {"by": "userPrincipalName", "value": upn}}
        claims |= {"new_password": f"{CANARY}-{pid(here)}"}
        sealed = client.seal(agent, "reset", claims)
        once = cls(client, agent, sealed, {})
        return replace(once, first=once.answer())

    def answer(self) -> dict[str, Any]:
        path = f"{self.agent.name}/resets"
        status, body = self.client._ask("POST", path, self.sealed.token)
        return self.client.open(self.agent, self.sealed, status, body)

    def gets_its_first_answer(self) -> None:
        with contextlib.closing(self.client):
            again = self.answer()
            assert (self.first["code"], again["code"]) == ("ok", "ok")
            assert again["id"] == self.first["id"]


def none_is_lost(answers: Answers) -> None:
    assert answers.lost == set(), answers.codes


def kept_files(here: Server) -> str:
    """Give the sums of settings, secrets and journals."""
    find = f"find {_SETTINGS} {_JOURNALS} -type f | sort | xargs sha256sum"
    return here.machine.output("sh", "-c", find)


def is_reconfigured(here: Server, per_minute: int) -> None:
    """Change one thing, with what is in force read as the other build wrote it."""
    changed = here.settings(limits={**LIMITS, "per_minute": per_minute})
    here.machine.put(SITE, changed.encode())
    with asked_all_the_time(here, *_PEOPLE, resetting=_RESETTING) as answers:
        plan = json.loads(here.done(*_APPLY, "--json"))
    none_is_lost(answers)
    assert [change["step"] for change in plan["changes"]][:1] == ["settings"]
    assert f"per_minute: {per_minute}" in here.done("export")
    password = f"{CANARY}-{per_minute}"
    assert here.reset("bruno", password) == "ok"
    here.signs_in("bruno", password)
