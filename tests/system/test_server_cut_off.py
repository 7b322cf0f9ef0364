"""Killed or without power at any point, a server is as before or as planned."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.machines.killing import Interruption, Point, parameters, planned, points
from lab.machines.root import Suite
from lab.machines.server import SITE, Server, server
from lab.machines.traces import leaves_no_secret
from lab.remains import directory_now
from tests.conftest import ReportLine
from tests.fixtures.packages import built_agent
from tests.system.suites import SUITES

NEWER = "0.2.0"
# on two containers: two changes of one step are two, each with its own points
INSTALL = (
    *("keys", "account", "grants", "grants"),
    *("enrolment", "settings", "unit", "service"),
)
REMOVAL = (
    *("service", "unit", "settings", "grants", "grants"),
    *("enrolment", "account", "keys", "remains"),
)
_APPLY = ("apply", "--settings", SITE, "--yes")
_REMOVE = ("remove", "--yes", "--delete-audit")
# whoever kills may be too late on a busy machine
_TRIES = 5


@dataclass
class Measured(Interruption):
    """One that knows how long each change takes there."""

    took: tuple[float, ...]
    removal: tuple[str, ...]
    package: Path

    def part_of(self, point: Point, plan: tuple[str, ...]) -> float:
        """Give a part of the time that a change takes; the first time is slow."""
        if plan == INSTALL:
            return self.took[point.index] / 3
        if point.step not in INSTALL:
            return 0.0
        # taking away is quicker than making
        return self.took[INSTALL.index(point.step)] / 10


def site(here: Server, *more: str) -> str:
    """Give the settings of a site, on more containers than one."""
    people = f"OU=People,{here.lab.base_dn}"
    return here.settings(scope={"containers": [people, *more]})


def on_two(here: Server) -> str:
    return site(here, f"CN=Users,{here.lab.base_dn}")


@pytest.fixture(scope="module", params=SUITES)
def measured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Measured]:
    suite: Suite = request.param
    package = built_agent()
    with server(suite, tmp_path_factory.mktemp("server")) as here:
        here.install(package)
        # what systemd makes once: the machine's own key
        here.machine.output("systemd-creds", "setup")
        here.machine.put(SITE, on_two(here).encode())
        made = Measured(
            here, here.machine.files(), directory_now(here.lab), (), (), package
        )
        here.apply()
        made.took = made.last_took()
        plan_json = here.done(*_REMOVE, "--json", **here.admin)
        made.removal = tuple(each["step"] for each in json.loads(plan_json)["changes"])
        made.is_as_before()
        yield made
        leaves_no_secret(here)


def test_the_points_grow_with_the_plan(
    measured: Measured, report_line: ReportLine
) -> None:
    here = measured.here
    one, two = planned(here, site(here)), planned(here, on_two(here))
    assert len(two) == len(one) + 1
    # those that are tried are those of the plan as it is
    assert two == INSTALL
    assert len(points(two)) == len(points(one)) + 3
    assert len(measured.took) == len(two)
    assert measured.removal == REMOVAL
    for name, plan in (("an installation", two), ("a removal", measured.removal)):
        found = points(plan)
        report_line(f"{len(found)} points of {name}: {', '.join(map(str, found))}")


# those that a machine for trying has in another form; all the others with --all
_QUICK = {"before 6 unit", "during 7 service", "after 0 keys", "during 3 grants"}


@pytest.mark.parametrize("point", parameters(INSTALL, _QUICK))
def test_an_installation_that_is_killed_is_taken_back(
    measured: Measured, point: Point
) -> None:
    for _ in range(_TRIES):
        if is_taken_back(measured, point):
            return
        # it was sealed by then, as the last changes may be at any time
        if point in points(INSTALL)[-2:]:
            return
    pytest.fail("it was never killed in time")


def is_taken_back(measured: Measured, point: Point) -> bool:
    """Kill an installation, then have the old state again; False where it was over."""
    here = measured.here
    killed = measured.cut_off(_APPLY, point, measured.part_of(point, INSTALL))
    found = here.status()
    cut_off = "cut_off" in found
    if cut_off:
        assert killed
        here.done("rollback", "--yes", **here.admin)
    else:
        assert found["ready"]
        here.done(*_REMOVE, **here.admin)
    measured.is_as_before()
    return cut_off


@pytest.mark.slow
@pytest.mark.parametrize("step", ["account", "unit", "service"])
def test_a_pulled_plug_is_found_after_the_next_start(
    measured: Measured, step: str
) -> None:
    here = measured.here
    point = Point(INSTALL.index(step), step, "during")
    measured.cut_off(_APPLY, point, measured.part_of(point, INSTALL))
    here.machine.pull_plug()
    here.machine.boot()
    assert here.status()["cut_off"]
    here.done("rollback", "--yes", **here.admin)
    measured.is_as_before()


@pytest.mark.parametrize(
    "point", parameters(REMOVAL, {"after 2 settings", "during 6 account"})
)
def test_a_removal_that_is_killed_ends_in_the_old_or_the_new_state(
    measured: Measured, point: Point
) -> None:
    here = measured.here
    here.apply()
    killed = measured.cut_off(_REMOVE, point, measured.part_of(point, REMOVAL))
    forward, last = REMOVAL.index("enrolment"), measured.last_begun()
    begun = len(REMOVAL) if last is None else last
    assert begun >= point.index
    assert killed or begun >= forward
    if killed and begun < forward:
        assert here.status()["cut_off"]
    here.done("rollback", "--yes", **here.admin)
    found = here.status()
    # by then more than the point may have been begun, also what is not given back
    assert found["installed"] is (begun < forward)
    if found["installed"]:
        assert found["ready"]
        assert here.writeback("verify").returncode == 0
        here.done(*_REMOVE, **here.admin)
    measured.is_as_before()


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_upgrade_that_is_killed_takes_nobody_down(
    measured: Measured, share: float
) -> None:
    here, machine, newer = measured.here, measured.here.machine, built_agent(NEWER)
    here.apply()
    known = here.status()["fingerprint"]
    try:
        machine.put("/var/cache/newer.deb", newer.read_bytes())
        began = time.monotonic()
        machine.output("dpkg", "-i", "/var/cache/newer.deb")
        took = time.monotonic() - began
        here.install(measured.package)
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
        machine.output("dpkg", "-i", "/var/cache/newer.deb")
        assert here.status()["version"] == NEWER
        assert here.writeback("verify").returncode == 0
    finally:
        machine.output("rm", "-f", "/var/cache/newer.deb")
        here.install(measured.package)
        here.done("remove", "--yes", "--delete-audit", **here.admin)
    measured.is_as_before()
