"""A live server is reconfigured, one thing after another; a reset works after each."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.installer.packages import built_agent
from tests.lab.relay import LabRelay
from tests.live.remains import directory_now
from tests.live.test_server import pid
from tests.machine.proxy import Proxy, proxy
from tests.machine.server import CANARY, LIMITS, Server, relay_beside, server
from tests.machine.traces import leaves_no_secret

pytestmark = pytest.mark.live

_OTHER_CA = "/etc/ssl/certs/other-test.pem"
_WANTED = "/root/wanted.yaml"
_UNIT = "writeback-agent.service"
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

    def change(self, code: str = "", **sections: Any) -> tuple[str, ...]:
        """Apply other sections; give the steps that it took."""
        self.wanted |= sections
        self.here.machine.put(_WANTED, self.here.settings(**self.wanted).encode())
        given = {**self.here.admin, "enrolment_code": code} if code else self.here.admin
        argv = ("apply", "--settings", _WANTED, "--yes", "--json")
        said = self.here.done(*argv, **given)
        return tuple(change["step"] for change in json.loads(said)["changes"])

    def resets_home(self, person: str) -> None:
        """A new password comes home, and signs in."""
        self.resets += 1
        password = f"{CANARY}-site-{self.resets}"
        assert self.here.reset(person, password) == "ok"
        self.here.signs_in(person, password)

    def now(self) -> Mapping[str, str]:
        """Give the time and number of each file, and the run of the service."""
        asked = ("stat", "--format=%n %Y %i", *_FILES.values())
        told = (
            line.split(" ", 1) for line in self.here.machine.told(*asked).splitlines()
        )
        by_path = dict(told)
        found = {name: by_path[path] for name, path in _FILES.items()}
        show = ("systemctl", "show", "-P")
        run = self.here.machine.told(*show, "InvocationID", _UNIT)
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
    moves_to_another_relay(site, through)
    takes_another_account(site, directory)
    leaves_no_secret(here)


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


def moves_to_another_relay(site: Site, relay: dict[str, Any]) -> None:
    """The keys stay, and with them what the portal knows."""
    known = site.here.status()["fingerprint"]
    with site.touching("enrolment", *_HAND_OVER):
        moved = {**relay, "url": site.second.url}
        steps = site.change(site.second.code(), relay=moved)
        assert steps == ("enrolment", "settings", "service", "leaving")
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
