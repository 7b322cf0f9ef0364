"""A new agent takes over, or one is started anew, while portals go on asking."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lab.machines.killing import Point, halted
from lab.machines.load import asked_all_the_time
from lab.machines.server import LIMITS, SITE, Server, server
from lab.machines.traces import leaves_no_secret
from tests.conftest import ReportLine
from tests.fixtures.packages import built_agent
from tests.system.test_server import NEWER, pid, serves_again

_UNIT = "writeback-agent.service"
_DROP_INS = f"/etc/systemd/system/{_UNIT}.d"
_PEOPLE = ("anna", "bruno", "clara", "comma_ou")
_RESETTING = "never_expires"
# what the agent itself answers; a controller that is held too long is away to it
_ANSWERS = {"ok", "directory_unavailable", "unknown_result"}
# when this looks late, it has stopped and waits for the controller
_STOPPING = ("deactivating", "inactive", "activating")
_DRAINING = 'HTTP 503: {"code":"draining"}'
_NOBODY = (
    'HTTP 502: {"error": "no agent listens on this connection",'
    ' "remedy": "Start the agent."}'
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    package = built_agent()
    with server("bookworm", tmp_path_factory.mktemp("server")) as made:
        made.lift_minimum_age()
        made.install(package)
        made.set_up()
        yield made
        leaves_no_secret(made)
        made.done("remove", "--yes", **made.admin)


def until(condition: Callable[[], object], what: str, seconds: float = 180.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def until_another(here: Server, before: int) -> int:
    """Wait until systemd has another main process; give it."""
    found: list[int] = []

    def look() -> bool:
        found[:] = [pid(here)]
        return found[0] not in (0, before)

    until(look, "nobody took over")
    return found[0]


def state(here: Server, name: str = "ActiveState") -> str:
    return here.machine.output("systemctl", "show", "-P", name, _UNIT).strip()


@contextmanager
def watchdog(here: Server, seconds: int) -> Iterator[None]:
    """Have systemd wait no longer than this for a sign of life."""
    path = f"{_DROP_INS}/90-watchdog.conf"
    here.machine.put(path, f"[Service]\nWatchdogSec={seconds}\n".encode())
    here.machine.output("systemctl", "daemon-reload")
    here.machine.output("systemctl", "restart", _UNIT)
    try:
        yield
    finally:
        here.machine.output("rm", path)
        here.machine.output("systemctl", "daemon-reload")
        here.machine.output("systemctl", "restart", _UNIT)


def change(here: Server, per_minute: int) -> list[str]:
    """Apply another limit; give the steps that it took."""
    limits = {**LIMITS, "per_minute": per_minute}
    here.machine.put(SITE, here.settings(limits=limits).encode())
    plan = here.done("apply", "--settings", SITE, "--yes", "--json")
    return [each["step"] for each in json.loads(plan)["changes"]]


def test_no_request_is_lost_when_settings_change(
    here: Server, report_line: ReportLine
) -> None:
    before = pid(here)
    with asked_all_the_time(here, *_PEOPLE, resetting=_RESETTING) as answers:
        for round_ in range(3):
            assert change(here, 90_000 + round_) == ["settings", "service"]
    assert pid(here) != before
    assert answers.lost == set(), answers.codes
    report_line(
        f"{answers.codes.total()} requests, each sent once, during 3 hand-overs"
    )


def edit_by_hand(here: Server) -> None:
    edit = f"echo '# by hand' >> {_DROP_INS}/10-credentials.conf"
    here.machine.output("sh", "-c", edit)


def test_a_request_under_way_is_answered_before_a_restart(here: Server) -> None:
    """What comes while it stops is refused by name, so that portals send it again."""
    known = here.status()["fingerprint"]
    argv = ("apply", "--settings", SITE, "--yes")
    edit_by_hand(here)
    with (
        # first: beside a load the line of the journal may be seen too late
        halted(
            *(here, argv, Point(0, "unit", "before")),
            again=lambda: edit_by_hand(here),
        ) as run,
        asked_all_the_time(
            here, *_PEOPLE, resetting=_RESETTING, fingerprint=known
        ) as answers,
    ):
        before = pid(here)
        here.lab.pause()
        try:
            answers.wait_until_all_wait()
            run.signal(signal.SIGCONT)
            until(lambda: state(here) in _STOPPING, "it does not stop")
        finally:
            here.lab.resume()
        serves_again(here, before)
    # those that were under way
    assert set(answers.first.values()) <= _ANSWERS, answers.first
    assert len(answers.first) == len(_PEOPLE) + 1
    # none of the others was taken and then dropped
    refused = set(answers.codes) - _ANSWERS
    assert refused <= {_DRAINING, _NOBODY}, answers.codes


def test_an_agent_that_hangs_is_restarted(here: Server) -> None:
    # no shorter: an agent that was only slow must not be taken for one that hangs
    with watchdog(here, 6):
        before = pid(here)
        assert before  # 0 would be this process and its like
        here.machine.output("kill", "-STOP", str(before))
        serves_again(here, before)
        assert here.check("clara") == "ok"
        here.machine.journal("Watchdog timeout", "--unit", _UNIT)


def test_hand_overs_in_quick_succession_are_no_hang(here: Server) -> None:
    """A successor that was just started gave no sign of life that is heard."""
    with watchdog(here, 6):
        began = time.monotonic()
        while time.monotonic() < began + 9:
            before = pid(here)
            here.machine.output("systemctl", "reload", _UNIT)
            until_another(here, before)
        assert state(here, "NRestarts") == "0"
        assert here.check("clara") == "ok"


@pytest.mark.slow
def test_it_is_started_when_the_relay_is_there(here: Server) -> None:
    """Ready means ready: until then systemd has it as activating."""
    here.relay.stop()
    try:
        here.machine.output("systemctl", "restart", "--no-block", _UNIT)
        until(lambda: "relay waiting" in state(here, "StatusText"), "it tells nothing")
        assert state(here) == "activating"
        assert not here.status()["ready"]
    finally:
        here.relay.start(dies_with_us=True)
    until(lambda: state(here) == "active", "it is not ready")
    assert here.check("clara") == "ok"


def second(here: Server, first: int) -> int:
    """Give the successor of a known process, once it is there."""
    group = f"/sys/fs/cgroup/system.slice/{_UNIT}/cgroup.procs"
    found: list[int] = []

    def look() -> bool:
        processes = here.machine.output("cat", group).split()
        others = [each for each in processes if int(each) not in (0, first)]
        found[:] = [int(each) for each in others if is_successor(here, each)]
        return bool(found)

    until(look, "there is no second process")
    return found[0]


def is_successor(here: Server, number: str) -> bool:
    """Say whether a process is one: a reload has a short-lived one of its own too."""
    return "--ready-fd" in here.machine.run("cat", f"/proc/{number}/cmdline").stdout


@contextmanager
def applying(here: Server, per_minute: int) -> Iterator[subprocess.Popen[bytes]]:
    """Apply another limit in a process of its own; it may fail."""
    limits = {**LIMITS, "per_minute": per_minute}
    here.machine.put(SITE, here.settings(limits=limits).encode())
    argv = ("writeback", "apply", "--settings", SITE, "--yes", "--json")
    with subprocess.Popen(
        here.machine.entering(*argv),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        yield run


@pytest.mark.slow
def test_a_successor_that_is_killed_leaves_the_old_agent(here: Server) -> None:
    before, settings = pid(here), here.done("export")
    with applying(here, 80_001) as run:
        here.machine.output("kill", "-KILL", str(second(here, before)))
    assert run.returncode == 1
    assert here.done("export") == settings
    assert here.status()["ready"]
    settles(here, 80_001)


@pytest.mark.slow
def test_an_old_agent_that_is_killed_is_followed_by_another(here: Server) -> None:
    before, settings = pid(here), here.done("export")
    with applying(here, 80_002) as run:
        second(here, before)
        here.machine.output("kill", "-KILL", str(before))
    assert run.returncode in (0, 1)
    serves_again(here, before)
    changed = here.done("export") != settings
    assert changed is (run.returncode == 0)
    settles(here, 80_002)


@pytest.mark.slow
def test_a_successor_that_is_killed_when_it_took_over_is_followed_by_another(
    here: Server,
) -> None:
    before = pid(here)
    with applying(here, 80_003):
        new = until_another(here, before)
        here.machine.output("kill", "-KILL", str(new))
    serves_again(here, new)
    settles(here, 80_003)


@pytest.mark.slow
def test_an_upgrade_whose_new_agent_is_killed_leaves_the_old_one(here: Server) -> None:
    before, newer, package = pid(here), built_agent(NEWER), built_agent()
    try:
        here.install(newer)
        here.machine.output("kill", "-KILL", str(second(here, before)))
        assert here.check("clara") == "ok"
        assert (pid(here), here.status()["version"]) == (before, "0.1.0")
        here.machine.output("systemctl", "reload", _UNIT)
        until(lambda: here.status().get("version") == NEWER, "no new agent")
    finally:
        here.install(package)
        until(lambda: here.status().get("version") == "0.1.0", "no old agent")


def settles(here: Server, per_minute: int) -> None:
    """Nothing is stuck: the same settings are applied, or were."""
    assert "cut_off" not in here.status()
    here.done("apply", "--settings", SITE, "--yes")
    assert here.writeback("verify").returncode == 0
    assert f"per_minute: {per_minute}" in here.done("export")
    assert here.check("clara") == "ok"
