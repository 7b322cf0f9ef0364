"""A live server is reconfigured, one thing after another; a reset works after each."""

import json
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest

from lab.machines.proxy import Proxy, proxy
from lab.machines.server import CANARY, LIMITS, Server, relay_beside, server
from lab.machines.traces import leaves_no_secret
from lab.relay import LabRelay
from lab.remains import directory_now
from tests.fixtures.packages import built_agent
from tests.system.test_server import pid

_OTHER_CA = "/etc/ssl/certs/other-test.pem"
_WANTED = "/root/wanted.yaml"
_UNIT = "writeback-agent.service"
_APPLY = ("apply", "--settings", _WANTED, "--yes", "--json")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SEALED_PROXY = "/etc/writeback/credentials/relay-proxy-password.cred"
_USER, _BY_PROXY, _OTHERWISE = "CORP\\svc", f"{CANARY}-proxy", f"{CANARY}-otherwise"
_SECONDS = 180.0
_FILES = {
    "settings": "/etc/writeback/settings.yaml",
    "enrolment": "/etc/writeback/enrolment.json",
    "unit": f"/etc/systemd/system/{_UNIT}.d/10-credentials.conf",
    "keys": "/etc/writeback/credentials/agent-keys.cred",
    "listen key": "/etc/writeback/credentials/relay-listen-key.cred",
    "account": "/etc/writeback/credentials/directory-password.cred",
}


@dataclass
class Site:
    """A server, and what its settings are made of by now."""

    here: Server
    second: LabRelay
    through: Proxy
    wanted: dict[str, Any] = field(default_factory=dict)
    resets: int = 0

    def change(
        self, secrets: Mapping[str, str] = _NOTHING, **sections: Any
    ) -> tuple[str, ...]:
        """Apply other sections; give the steps that it took."""
        self.wanted |= sections
        self.here.machine.put(_WANTED, self.here.settings(**self.wanted).encode())
        plan = json.loads(self.here.done(*_APPLY, **self.here.admin, **secrets))
        assert plan.get("told", []) == []
        return tuple(change["step"] for change in plan["changes"])

    def resets_home(self, person: str) -> None:
        """A new password comes home, and signs in."""
        self.resets += 1
        password = f"{CANARY}-site-{self.resets}"
        assert self.here.reset(person, password) == "ok"
        self.here.signs_in(person, password)

    def now(self) -> Mapping[str, str]:
        """Give the time and number of each file, and the run of the service."""
        query = ("stat", "--format=%n %Y %i", *_FILES.values())
        rows = (
            line.split(" ", 1) for line in self.here.machine.output(*query).splitlines()
        )
        by_path = dict(rows)
        found = {name: by_path[path] for name, path in _FILES.items()}
        show = ("systemctl", "show", "-P")
        run = self.here.machine.output(*show, "InvocationID", _UNIT)
        return {**found, "started": run, "process": str(pid(self.here))}

    @contextmanager
    def touching(self, *names: str) -> Iterator[None]:
        """Only these are others after the block."""
        before = self.now()
        yield
        after = self.now()
        assert {name for name in before if before[name] != after[name]} == set(names)
        assert self.here.writeback("verify").returncode == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    package, folder = built_agent(), tmp_path_factory.mktemp("server")
    with server("bookworm", folder / "server") as here, ExitStack() as ending:
        second = ending.enter_context(relay_beside(here.lab, folder / "second"))
        through = ending.enter_context(proxy(here.lab.address))
        here.lift_minimum_age()
        here.install(package)
        here.machine.put(_OTHER_CA, here.lab.ca.read_bytes())
        here.set_up()
        yield Site(here, second, through)


# what a change of files alone touches: a successor is another process of one run
_HAND_OVER = ("settings", "process")


def test_a_live_server_is_reconfigured(site: Site) -> None:
    here, plain = site.here, dict(site.here.plain())
    with site.touching(*_HAND_OVER):
        # a right that is not needed any more is given back
        steps = site.change(features={"unlock": False})
        assert steps == ("grants", "settings", "service")
    site.resets_home("anna")
    with site.touching(*_HAND_OVER):
        limits = {**LIMITS, "per_minute": 50_000}
        assert site.change(limits=limits) == ("settings", "service")
    site.resets_home("anna")
    scope_grows_and_shrinks(site, plain["scope"]["containers"])
    with site.touching(*_HAND_OVER):
        relay = {**plain["relay"], "ca": _OTHER_CA}
        directory = {**plain["directory"], "ca": _OTHER_CA}
        steps = site.change(relay=relay, directory=directory)
        assert steps == ("settings", "service")
    site.resets_home("anna")
    with site.touching(*_HAND_OVER):
        through = {**relay, "proxy": site.through.url}
        assert site.change(relay=through) == ("settings", "service")
    assert here.relay.url.removeprefix("https://") in site.through.connected
    site.resets_home("anna")
    a_proxy_asks_for_credentials(site, relay)
    moves_to_another_relay(site, relay)
    takes_another_account(site, directory)
    # the proxy is told its password in another spelling
    leaves_no_secret(here, proxy=basic(_BY_PROXY), otherwise=basic(_OTHERWISE))


def scope_grows_and_shrinks(site: Site, containers: list[str]) -> None:
    """Permissions come and go with the containers; who is outside is refused."""
    here, other = site.here, f"OU=Other,{site.here.lab.base_dn}"
    assert here.reset("outside") == "not_in_scope"
    with site.touching(*_HAND_OVER):
        steps = site.change(scope={"containers": [*containers, other]})
        assert steps == ("grants", "settings", "service")
    site.resets_home("outside")
    with site.touching(*_HAND_OVER):
        steps = site.change(scope={"containers": containers})
        assert steps == ("grants", "settings", "service")
    assert here.reset("outside") == "not_in_scope"
    site.resets_home("anna")


def a_proxy_asks_for_credentials(site: Site, relay: dict[str, Any]) -> None:
    """Its password is stored; when it is another one, that is told, and mended."""
    here, through = site.here, site.through
    through.ask_for(f"{_USER}:{_BY_PROXY}")
    behind = {**relay, "proxy": through.of(_USER)}
    with site.touching("unit", "started", *_HAND_OVER):
        steps = site.change({"proxy_password": _BY_PROXY}, relay=behind)
        assert steps == ("proxy", "settings", "unit", "service")
    site.resets_home("anna")
    assert site.change() == ()
    through.ask_for(f"{_USER}:{_OTHERWISE}")
    until(lambda: "(407)" in here.status()["relay"])
    assert "writeback apply (proxy_password)" in here.status()["relay"]
    found = here.writeback("verify")
    assert found.returncode == 4
    assert "Sign-in at the proxy" in found.stdout
    for wrong in ({}, {"proxy_password": f"{CANARY}-wrong"}):
        refused = here.writeback("apply", "--yes", **here.admin, **wrong)
        assert refused.returncode == 2
        assert "does not accept the user name or password (407)" in refused.stderr
    with site.touching("started", "process"):
        steps = site.change({"proxy_password": _OTHERWISE})
        assert steps == ("proxy", "service")
    site.resets_home("anna")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def basic(password: str) -> str:
    return b64encode(f"{_USER}:{password}".encode()).decode()


def moves_to_another_relay(site: Site, relay: dict[str, Any]) -> None:
    """The keys stay; the old relay is told through its proxy, which is left too."""
    known = site.here.status()["fingerprint"]
    query = len(site.through.connected)
    with site.touching("enrolment", "unit", "started", *_HAND_OVER):
        moved = {**relay, "url": site.second.url}
        steps = site.change({"enrolment_code": site.second.code()}, relay=moved)
        assert steps == (
            *("enrolment", "settings", "unit", "service", "forgetting", "leaving"),
        )
    assert len(site.through.connected) > query
    assert site.here.machine.run("test", "-e", _SEALED_PROXY).returncode == 1
    assert site.here.status()["fingerprint"] == known
    site.here = Server(site.here.lab, site.second, site.here.machine)
    site.resets_home("anna")


def takes_another_account(site: Site, directory: dict[str, Any]) -> None:
    """systemd hands a new password over at a start, so the service is restarted."""
    account = {**directory["account"], "name": "svc-other"}
    with site.touching("account", "started", *_HAND_OVER):
        steps = site.change(directory={**directory, "account": account})
        assert steps == (
            *("account", "grants", "grants", "settings", "service", "former"),
        )
    assert site.here.status()["ready"]
    site.resets_home("anna")
    # the one that the wizard had made before is gone, and what it might do
    before = f"CN={directory['account']['name']},CN=Users,{site.here.lab.base_dn}"
    assert before not in directory_now(site.here.lab)
