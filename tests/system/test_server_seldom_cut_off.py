"""What few changes do, killed at each point: a proxy left, files mended, rotations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.config.secret_store import PROXY_PASSWORD
from lab.machines.killing import Interruption, planned, points
from lab.machines.proxy import Proxy, proxy
from lab.machines.server import CANARY, SITE, Server, server
from lab.machines.traces import leaves_no_secret
from tests.fixtures.packages import built_agent
from tests.system.test_server_change_cut_off import CHANGE, REKEY, in_force
from tests.system.test_server_cut_off import INSTALL, REMOVAL
from tests.system.test_server_seldom import SEALING
from wizard.steps.order import STEPS

LEAVING_A_PROXY = ("settings", "unit", "service", "forgetting")
MENDING = ("files", "files", "service")
ROTATIONS = {
    "rotate-keys": ("sealing_key", "shared_keys", "service"),
    "rotate-password": ("directory_password", "service"),
}
_USER, _BY_PROXY = "writeback", f"{CANARY}-proxy"
_BEHIND = "/root/behind.yaml"
_SETTINGS, _UNITS = "/etc/writeback/settings.yaml", "writeback-agent.service"
_RECORDS = "/var/log/writeback/audit.jsonl"


@contextmanager
def behind_a_proxy(here: Server) -> Iterator[Proxy]:
    """Install, then have the agent go through a proxy that asks for credentials."""
    with proxy(here.lab.address) as through:
        through.ask_for(f"{_USER}:{_BY_PROXY}")
        here.install(built_agent())
        here.set_up()
        relay = {**here.plain()["relay"], "proxy": through.of(_USER)}
        here.machine.put(_BEHIND, here.settings(relay=relay).encode())
        go_behind(here)
        yield through


def go_behind(here: Server) -> None:
    here.done("apply", "--settings", _BEHIND, "--yes", proxy_password=_BY_PROXY)


@pytest.mark.slow
def test_a_proxy_that_is_left_is_left_or_not(tmp_path: Path) -> None:
    with server("bookworm", tmp_path / "server") as here, behind_a_proxy(here):
        plan = planned(here, here.settings())
        assert plan == LEAVING_A_PROXY
        for point in points(plan):
            before = in_force(here)
            argv = ("apply", "--settings", SITE, "--yes")
            killed = Interruption(here, {}, {}).cut_off(argv, point, 0.1)
            # a last change takes no time: it may be done
            assert killed or point.step == "forgetting"
            if "cut_off" in here.status():
                here.done("rollback", "--yes", **here.admin)
            left = in_force(here) != before
            assert not left or point.step in ("service", "forgetting"), point
            assert here.writeback("verify").returncode == 0, point
            assert here.check("clara") == "ok"
            if left:
                # what it was before may be kept, sealed, until the next change
                assert f"{PROXY_PASSWORD}.cred" not in in_force(here), point
                go_behind(here)
        here.done("apply", "--settings", SITE, "--yes")
        here.done("remove", "--yes", **here.admin)
        leaves_no_secret(here)


def damage(here: Server) -> None:
    """Do by hand what a repair mends: modes, owners, and a service that is stopped."""
    here.machine.output("systemctl", "stop", _UNITS)
    here.machine.output("chmod", "0666", _SETTINGS)
    here.machine.output("chown", "root:root", _RECORDS)


def protection(here: Server) -> str:
    return here.machine.output("stat", "--format=%n %a %U %G", _SETTINGS, _RECORDS)


@pytest.mark.slow
def test_a_repair_that_is_killed_is_taken_back(tmp_path: Path) -> None:
    with server("bookworm", tmp_path / "server") as here:
        here.install(built_agent())
        here.set_up()
        assert here.check("clara") == "ok"
        sound = protection(here)
        for point in points(MENDING):
            damage(here)
            broken = protection(here)
            assert broken != sound
            killed = Interruption(here, {}, {}).cut_off(("repair", "--yes"), point, 0.1)
            assert killed or point.step == "service"
            if "cut_off" in here.status():
                here.writeback("rollback", "--yes")  # tells of the agent: it is down
            done = protection(here) == sound
            assert done or protection(here) == broken, point
            assert not done or point.step == "service", point
            here.done("repair", "--yes")
            assert protection(here) == sound
            assert here.writeback("verify").returncode == 0, point
            assert here.check("clara") == "ok"
        here.done("remove", "--yes", **here.admin)


@pytest.mark.slow
def test_a_rotation_that_is_killed_leaves_an_agent_that_serves(tmp_path: Path) -> None:
    with server("bookworm", tmp_path / "server") as here:
        here.install(built_agent())
        here.set_up()
        known = here.status()["fingerprint"]
        for verb, plan in ROTATIONS.items():
            for point in points(plan):
                killed = Interruption(here, {}, {}).cut_off((verb, "--yes"), point, 0.1)
                assert killed or point.step == "service", point
                if "cut_off" in here.status():
                    here.done("rollback", "--yes", **here.admin)
                assert here.writeback("verify").returncode == 0, point
                assert here.status()["fingerprint"] == known
                assert here.check("clara") == "ok", point
            here.done(verb, "--yes", **here.admin)
        assert here.reset("anna") == "ok"
        here.done("remove", "--yes", **here.admin)
        leaves_no_secret(here)


def test_every_step_is_cut_off_somewhere() -> None:
    plans = (INSTALL, REMOVAL, CHANGE, REKEY, LEAVING_A_PROXY, MENDING)
    cut = {step for plan in (*plans, *ROTATIONS.values()) for step in plan}
    assert cut | {point.step for point in SEALING} == {step.name for step in STEPS}
