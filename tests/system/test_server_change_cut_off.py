"""A change of everything, or of the keys, that is killed leaves what was in force."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import pytest

from lab.chroot.errors import LabError
from lab.machines.killing import Interruption, Point, parameters, points
from lab.machines.proxy import proxy
from lab.machines.server import CANARY, Server, relay_beside, server
from lab.machines.traces import leaves_no_secret
from lab.relay import LabRelay
from lab.remains import directory_now
from tests.conftest import ReportLine
from tests.fixtures.packages import built_agent

_OTHER_CA = "/etc/ssl/certs/other-test.pem"
_RENAMED = "srv3"
_EVERYTHING, _REKEYED = "/root/everything.yaml", "/root/rekeyed.yaml"
_USER, _BY_PROXY = "writeback", f"{CANARY}-proxy"
CHANGE = (
    *("account", "grants", "grants", "grants", "proxy"),
    *("enrolment", "settings", "unit", "service", "leaving", "former"),
)
_INSTALL = ("keys", "account", "grants", "enrolment", "settings", "unit", "service")
REKEY = ("keys", "enrolment", "settings", "service", "leaving")
# what may be over, or on its way forward, by the time that anybody kills it
_LAST = ("service", "leaving", "former")
# whoever kills may be too late on a busy machine, for any other too
_TRIES = 5

_Words = tuple[str, ...]


@dataclass
class Installed(Interruption):
    """A server that serves, and how long each change took when it was set up.

    The keys are replaced under another name: under its own the relay's owner would
    have to forget the agent before, and there would be no way back.
    """

    second: LabRelay
    took: Mapping[str, float]

    def cut(
        self, argv: _Words, plan: _Words, point: Point, new: Server, **secrets: str
    ) -> None:
        """Kill a change; when it is taken back, everything is as it was.

        Args:
            argv: of `writeback`.
            plan: the steps of its changes.
            point: when; what comes too late is tried again.
            new: how the agent is asked when all was done by then.
            secrets: what it takes beside an administrator and a code.

        """
        for _ in range(_TRIES):
            back = self._is_taken_back(argv, plan, point, new, **secrets)
            if back or point.step in _LAST:
                return
        pytest.fail("it was never killed in time")

    def _is_taken_back(
        self, argv: _Words, plan: _Words, point: Point, new: Server, **secrets: str
    ) -> bool:
        """Kill a change; False where it came to the new state, which is left again."""
        here, before, objects = (
            self.here,
            in_force(self.here),
            directory_now(self.here.lab),
        )
        code, old = new.relay.code(), here.done("export")
        seconds = self.took.get(point.step, 0.0) / 3
        more = {**secrets, "enrolment_code": code}
        killed, last = self.cut_off(argv, point, seconds, **more), self.last_begun()
        # from leaving on it only goes forward
        forward = last is None or last >= plan.index("leaving")
        assert killed or last is None
        if last is not None:
            assert here.status()["cut_off"]
            here.done("rollback", "--yes", **here.admin)
        assert (here.done("export") != old) is forward
        if forward:
            assert new.writeback("verify").returncode == 0
            assert new.check("clara") == "ok"
            self.start_over()
            return False
        assert in_force(here) == before
        assert directory_now(here.lab) == objects
        assert here.writeback("verify").returncode == 0
        assert here.check("clara") == "ok"
        return True

    def start_over(self) -> None:
        """Set it up anew, where what was in force is gone for good."""
        here = self.here
        here.done("remove", "--yes", **here.admin)
        with suppress(LabError):  # withdrawn already
            here.relay.forget(here.agent)
        here.set_up()


def in_force(here: Server) -> dict[str, str]:
    """Give what decides what the agent does: files by content, secrets opened."""
    sums = here.machine.output(
        *("sh", "-c", "cd /etc && sha256sum writeback/*.* systemd/system/*.d/*.conf")
    )
    found = {line[66:]: line[:64] for line in sums.splitlines()}
    folder = "/etc/writeback/credentials"
    for name in here.machine.output("ls", folder).split():
        opening = ("systemd-creds", "decrypt", f"--name={name.removesuffix('.cred')}")
        found[name] = here.machine.output(*opening, f"{folder}/{name}", "-")
    found["enabled"] = here.machine.output("systemctl", "is-enabled", "writeback-agent")
    return found


def everything(here: Server, second: LabRelay, through: str) -> str:
    """Give other settings: relay, proxy, certificates, account, scope and features."""
    plain = here.plain()
    users = f"CN=Users,{here.lab.base_dn}"
    account = {**plain["directory"]["account"], "name": "svc-other"}
    return here.settings(
        relay={"url": second.url, "ca": _OTHER_CA, "proxy": through},
        directory={**plain["directory"], "ca": _OTHER_CA, "account": account},
        scope={"containers": [*plain["scope"]["containers"], users]},
        features={"unlock": False},
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    package, folder = built_agent(), tmp_path_factory.mktemp("server")
    with server("bookworm", folder / "server") as here, ExitStack() as ending:
        second = ending.enter_context(relay_beside(here.lab, folder / "second"))
        through = ending.enter_context(proxy(here.lab.address))
        here.install(package)
        here.machine.put(_OTHER_CA, here.lab.ca.read_bytes())
        through.ask_for(f"{_USER}:{_BY_PROXY}")
        changed = everything(here, second, through.of(_USER))
        here.machine.put(_EVERYTHING, changed.encode())
        here.machine.put(_REKEYED, replace(here, agent=_RENAMED).settings().encode())
        here.set_up()
        made = Installed(here, {}, {}, second, {})
        made.took = dict(zip(_INSTALL, made.last_took(), strict=True))
        yield made
        here.done("remove", "--yes", **here.admin)
        leaves_no_secret(here)


def plan_of(here: Server, *argv: str, **secrets: str) -> tuple[str, ...]:
    plan_json = here.done(*argv, "--json", **here.admin, **secrets)
    return tuple(change["step"] for change in json.loads(plan_json)["changes"])


def test_the_change_touches_everything(
    installed: Installed, report_line: ReportLine
) -> None:
    code = installed.second.code()
    more = {"enrolment_code": code, "proxy_password": _BY_PROXY}
    plan = plan_of(installed.here, "plan", "--settings", _EVERYTHING, **more)
    assert plan == CHANGE
    for name, each in (("a change of everything", plan), ("a rekey", REKEY)):
        found = points(each)
        report_line(f"{len(found)} points of {name}: {', '.join(map(str, found))}")


@pytest.mark.parametrize(
    "point", parameters(CHANGE, {"after 2 grants", "during 5 enrolment"})
)
def test_a_change_of_everything_that_is_killed_leaves_the_old_settings(
    installed: Installed, point: Point
) -> None:
    argv = ("apply", "--settings", _EVERYTHING, "--yes")
    new = replace(installed.here, relay=installed.second)
    installed.cut(argv, CHANGE, point, new, proxy_password=_BY_PROXY)


@pytest.mark.parametrize("point", parameters(REKEY, {"during 1 enrolment"}))
def test_a_rekey_that_is_killed_leaves_the_old_keys(
    installed: Installed, point: Point
) -> None:
    argv = ("rekey", "--settings", _REKEYED, "--yes")
    installed.cut(argv, REKEY, point, replace(installed.here, agent=_RENAMED))
