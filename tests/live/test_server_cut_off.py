"""Killed or without power at any point, a server is as before or as planned.

The program is the packaged one, and nothing in it knows of tests: its journal on the
disk is watched from outside, and the process is killed when a line comes. "before" is
the moment a change is written down, "during" half of the time it took before, "after"
the moment that what came of it is written down.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.installer.packages import built_agent
from tests.live.remains import directory_now
from tests.machine.machine import differences
from tests.machine.server import SITE, Server, server

pytestmark = pytest.mark.live

_SECONDS = 60.0
NEWER = "0.2.0"
_JOURNALS = "/var/lib/writeback/journal"
# what tells of the past, and what the system itself writes
_PAST = (
    *("/var/lib/writeback", "/var/log", "/var/lib/systemd", "/etc/machine-id"),
    *("/run", "/var/tmp", "/var/lib/private", "/var/log/private", SITE),
)
_MOMENTS = ("before", "during", "after")
_INSTALL = ("keys", "account", "grants", "enrolment", "settings", "unit", "service")


@dataclass
class Rig:
    """A server whose package is installed, and how long each change takes there."""

    here: Server
    files: Mapping[str, str]
    directory: Mapping[str, bytes | None]
    took: Mapping[str, float]
    package: Path
    newer: Path

    def cut_off(self, argv: list[str], step: str, moment: str) -> bool:
        """Run a command that is killed at a moment of the change of a step.

        Returns:
            whether it was still running then: the last changes of a removal take so
            little time that it may have ended in order.

        """
        # taking away is quicker than making
        took = self.took.get(step, 0.0) / (10 if argv[0] == "remove" else 2)
        known = set(self._journals())
        given = {**self.here.admin, "enrolment_code": self.here.relay.code()}
        command = self.here.machine.entering("writeback", *argv, "--secrets-fd", "0")
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            assert run.stdin is not None
            run.stdin.write(json.dumps(given).encode())
            run.stdin.close()
            what = "did" if moment == "after" else "intend"
            if not self._came(run, known, step, what):
                assert run.wait() == 0
                return False
            if moment == "during":
                time.sleep(took)  # the moment itself, not a wait for something
            children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
            for pid in children.read_text().split():
                subprocess.run(["kill", "-KILL", pid], check=False)
            return run.wait() != 0

    def is_as_before(self) -> None:
        """Nothing is there that was not, here and in the directory."""
        changed = differences(self.files, self.here.machine.files(), _PAST)
        assert changed == {}
        now = directory_now(self.here.lab)
        assert {dn for dn in now if now[dn] != self.directory.get(dn)} == set()
        assert set(self.directory) == set(now)

    def _came(
        self, run: subprocess.Popen[bytes], known: set[Path], step: str, what: str
    ) -> bool:
        """Wait for a line of the journal; False when the run ends before it is seen."""
        deadline = time.monotonic() + _SECONDS
        while not any(
            _tells(path, step, what) for path in set(self._journals()) - known
        ):
            if run.poll() is not None:
                return False
            assert time.monotonic() < deadline, f"no {what} of {step}"
        return True

    def _journals(self) -> list[Path]:
        return list((self.here.machine.upper / _JOURNALS[1:]).glob("*.jsonl"))


def _tells(path: Path, step: str, what: str) -> bool:
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()]
    except (OSError, ValueError):
        return False  # renamed, or half a line
    at = {e["index"]: e["change"]["step"] for e in lines if e["what"] == "intend"}
    return any(e["what"] == what and at[e["index"]] == step for e in lines)


def durations(path: Path) -> dict[str, float]:
    """Give the seconds that each step's change took, from a sealed journal."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {
        begun["change"]["step"]: (
            datetime.fromisoformat(done["at"]) - datetime.fromisoformat(begun["at"])
        ).total_seconds()
        for begun, done in pairwise(lines)
        if begun["what"] == "intend"
    }


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    package, newer = built_agent(), built_agent(NEWER)
    with server("bookworm", tmp_path_factory.mktemp("server")) as here:
        here.install(package)
        # what systemd makes once: the machine's own key
        here.machine.told("systemd-creds", "setup")
        here.machine.put(SITE, here.settings().encode())
        files, directory = here.machine.files(), directory_now(here.lab)
        here.apply()
        (journal,) = (here.machine.upper / _JOURNALS[1:]).glob("*.sealed.jsonl")
        took = durations(journal)
        here.done("remove", "--yes", **here.admin)
        made = Rig(here, files, directory, took, package, newer)
        made.is_as_before()
        yield made


def test_the_points_grow_with_the_plan(rig: Rig) -> None:
    assert tuple(rig.took) == _INSTALL
    points = [f"{moment} {step}" for step in rig.took for moment in _MOMENTS]
    print(f"{len(points)} points of an installation: {', '.join(points)}")
    assert len(points) == 3 * len(_INSTALL)


# those that a machine for trying has in another form; all the others with --all
_QUICK = {("before", "unit"), ("during", "service"), ("after", "keys")}
_POINTS = [
    pytest.param(
        moment, step, marks=() if (moment, step) in _QUICK else pytest.mark.slow
    )
    for step in _INSTALL
    for moment in _MOMENTS
]


@pytest.mark.parametrize(("moment", "step"), _POINTS)
def test_an_installation_that_is_killed_is_taken_back(
    rig: Rig, moment: str, step: str
) -> None:
    here = rig.here
    killed = rig.cut_off(["apply", "--settings", SITE, "--yes"], step, moment)
    found = here.status()
    if (moment, step) == ("after", "service") and "cut_off" not in found:
        # it was sealed in the same moment: the new state
        assert found["ready"]
        here.done("remove", "--yes", **here.admin)
    else:
        assert killed
        assert found["cut_off"]
        here.done("rollback", "--yes", **here.admin)
    rig.is_as_before()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["account", "unit", "service"])
def test_a_pulled_plug_is_found_after_the_next_start(rig: Rig, step: str) -> None:
    here = rig.here
    rig.cut_off(["apply", "--settings", SITE, "--yes"], step, "during")
    here.machine.pull_plug()
    here.machine.boot()
    assert here.status()["cut_off"]
    here.done("rollback", "--yes", **here.admin)
    rig.is_as_before()


_REMOVAL = (
    *("service", "unit", "settings", "grants"),
    *("enrolment", "account", "keys", "remains"),
)


@pytest.mark.parametrize(
    ("moment", "step"),
    [
        pytest.param(
            moment,
            step,
            marks=()
            if (moment, step) in {("after", "settings"), ("during", "account")}
            else pytest.mark.slow,
        )
        for step in _REMOVAL
        for moment in _MOMENTS
    ],
)
def test_a_removal_that_is_killed_ends_in_the_old_or_the_new_state(
    rig: Rig, moment: str, step: str
) -> None:
    here = rig.here
    here.apply()
    killed = rig.cut_off(["remove", "--yes"], step, moment)
    at, forward = (_REMOVAL.index(each) for each in (step, "enrolment"))
    assert killed or at >= forward
    if killed and at < forward:
        assert here.status()["cut_off"]
    here.done("rollback", "--yes", **here.admin)
    found = here.status()
    # after the last change that can be given back, the next one may be begun already
    if at < forward - 1:
        assert found["installed"]
    if at >= forward:
        assert not found["installed"]
    if found["installed"]:
        assert found["ready"]
        assert here.writeback("verify").returncode == 0
        here.done("remove", "--yes", **here.admin)
    rig.is_as_before()


@pytest.mark.slow
@pytest.mark.parametrize("moment", _MOMENTS)
@pytest.mark.parametrize("step", ["settings", "service"])
def test_a_change_that_is_killed_leaves_the_old_settings(
    rig: Rig, moment: str, step: str
) -> None:
    here = rig.here
    here.apply()
    try:
        other = here.settings(limits={"per_minute": 7})
        here.machine.put("/root/other.yaml", other.encode())
        before = here.machine.read("/etc/writeback/settings.yaml")
        rig.cut_off(["apply", "--settings", "/root/other.yaml", "--yes"], step, moment)
        found = here.status()
        if found.get("cut_off"):
            here.done("rollback", "--yes")
            assert here.machine.read("/etc/writeback/settings.yaml") == before
        assert here.writeback("verify").returncode == 0
        assert here.check("clara") == "ok"
    finally:
        here.machine.told("rm", "-f", "/root/other.yaml")
        here.done("remove", "--yes", **here.admin)
    rig.is_as_before()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_upgrade_that_is_killed_takes_nobody_down(rig: Rig, share: float) -> None:
    here, machine = rig.here, rig.here.machine
    here.apply()
    known = here.status()["fingerprint"]
    try:
        machine.put("/var/cache/newer.deb", rig.newer.read_bytes())
        began = time.monotonic()
        machine.told("dpkg", "-i", "/var/cache/newer.deb")
        took = time.monotonic() - began
        here.install(rig.package)
        with subprocess.Popen(
            machine.entering("dpkg", "-i", "/var/cache/newer.deb"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as run:
            time.sleep(took * share)  # the moment itself, not a wait for something
            machine.run("pkill", "-KILL", "dpkg")
            run.wait()
        # whatever is on the disk now, the one that runs goes on
        with here.portal(known) as asking:
            upn = here.lab.people["clara"]["upn"]
            user = {"by": "userPrincipalName", "value": upn}
            assert asking.code("check", user=user) == "ok"
        # and the way on is the package manager's own
        machine.told("dpkg", "-i", "/var/cache/newer.deb")
        assert here.status()["version"] == NEWER
        assert here.writeback("verify").returncode == 0
    finally:
        machine.told("rm", "-f", "/var/cache/newer.deb")
        here.install(rig.package)
        here.done("remove", "--yes", **here.admin)
    rig.is_as_before()
