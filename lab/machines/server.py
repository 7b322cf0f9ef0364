"""A server that is being set up: a machine, its domain controller, its relay."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ldap3 import MODIFY_REPLACE

from agent.config.settings_file import dump, validate
from docs.portal_client import Client, Portal
from lab.authority import Authority
from lab.controller import Lab
from lab.machines.machine import Machine
from lab.machines.network import own_network
from lab.machines.root import Suite, ensure_root
from lab.machines.witness import witnessed
from lab.relay import LabRelay

AGENT = "srv1"
CANARY = "Canary-7f3a-Passw0rd!"
CA = "/etc/ssl/certs/corp-test.pem"
SITE = "/root/site.yaml"
_TRIES = 5
# wide enough for a load
LIMITS = {
    "per_minute": 100_000,
    "checks_per_minute": 100_000,
    "per_user_per_hour": 1000,
    "proofs": 0,
}


@dataclass(frozen=True)
class Server:
    """All three in a network of their own, which the calling thread is in too."""

    lab: Lab
    relay: LabRelay
    machine: Machine
    agent: str = AGENT
    account: str = "svc-writeback"

    def install(self, package: Path) -> None:
        """Install a package that was copied there, with nothing else at hand."""
        place = f"/var/cache/{package.name}"
        self.machine.put(place, package.read_bytes())
        self.machine.output("dpkg", "-i", place)
        self.machine.output("rm", place)

    def writeback(
        self, *arguments: str, **secrets: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command as root does, secrets by a descriptor."""
        options = ("--secrets-fd", "0") if secrets else ()
        # as a careful root has it: what the service needs is still made readable to it
        argv = (
            "sh",
            "-c",
            'umask 077 && exec writeback "$@"',
            "-",
            *arguments,
            *options,
        )
        return self.machine.run(*argv, stdin=json.dumps(secrets) if secrets else "")

    def done(self, *arguments: str, **secrets: str) -> str:
        """Run a command that must end with 0; give what it said."""
        ended = self.writeback(*arguments, **secrets)
        output = f"{ended.stdout}\n{ended.stderr}"
        assert ended.returncode == 0, (arguments, ended.returncode, output)
        return ended.stdout

    @property
    def admin(self) -> dict[str, str]:
        """An administrator of the domain, as the command takes one."""
        return {
            "admin_user": self.lab.admin_user,
            "admin_password": self.lab.admin_password,
        }

    def settings(self, **changed: Any) -> str:
        """Give the settings of this site as a file; `changed` replaces sections."""
        return dump(validate({**self.plain(), **changed}))

    def plain(self) -> Mapping[str, Any]:
        """Give the settings of this site as plain data."""
        return {
            "version": 1,
            "agent": self.agent,
            "relay": {"url": self.relay.url, "ca": CA},
            "directory": {
                "domain": self.lab.realm.lower(),
                "controllers": [{"host": self.lab.host, "address": self.lab.address}],
                "ca": CA,
                "account": {
                    "kind": "new",
                    "name": self.account,
                    "container": f"CN=Users,{self.lab.base_dn}",
                },
            },
            "scope": {"containers": [f"OU=People,{self.lab.base_dn}"]},
            "limits": dict(LIMITS),
        }

    def set_up(self) -> None:
        """Apply the settings of this site for the first time."""
        self.machine.put(SITE, self.settings().encode())
        self.apply()

    def apply(self, **secrets: str) -> None:
        """Apply the site's file, with an administrator and a new enrolment code."""
        secrets = {**self.admin, "enrolment_code": self.relay.code(), **secrets}
        self.done("apply", "--settings", SITE, "--yes", **secrets)

    def status(self) -> dict[str, Any]:
        """Say how the agent is, as programs read it."""
        status: dict[str, Any] = json.loads(self.writeback("status", "--json").stdout)
        return status

    def lift_minimum_age(self) -> None:
        """Let a person be given a password again and again."""
        admin = (self.lab.admin_user, self.lab.admin_password)
        no_age = {"minPwdAge": [(MODIFY_REPLACE, ["0"])]}
        with self.lab.signed_in(*admin) as link:
            done = link.modify(self.lab.base_dn, no_age)  # type: ignore[no-untyped-call]
            assert done, link.result

    @contextlib.contextmanager
    def portal(self, fingerprint: str = "") -> Iterator["Asking"]:
        """Open a portal's connection, with the fingerprint the administrator gives."""
        fingerprint = fingerprint or self.status()["fingerprint"]
        client = Client(Portal.load(self.relay.portal))
        with contextlib.closing(client):
            agent = client.agent(self.agent, fingerprint)
            yield Asking(lambda op, claims: client.request(agent, op, **claims))

    def reset(self, person: str, password: str = CANARY) -> str:
        """Reset a person's password through the portal; give the answer's code."""
        return self._code("reset", person, new_password=password)

    def signs_in(self, person: str, password: str = CANARY) -> None:
        """Prove at the controller that a person's password is this one."""
        self.lab.sign_in(self.lab.people[person]["upn"], password)

    def check(self, person: str) -> str:
        """Ask whether a person's reset would work, through the portal."""
        return self._code("check", person)

    def _code(self, op: str, person: str, **claims: str) -> str:
        """Ask through the portal; give the answer's code.

        Where the controller was held it was away to the agent: people ask again.
        """
        user = _named(self.lab.people[person]["upn"])
        for _ in range(_TRIES):
            with witnessed(self.lab) as controller, self.portal() as asking:
                code = asking.code(op, user=user, **claims)
            if code != "directory_unavailable" or not controller.was_silent:
                break
        return code


def _named(upn: str) -> dict[str, str]:
    return {"by": "userPrincipalName", "value": upn}


@dataclass(frozen=True)
class Asking:
    """A portal that knows its agent."""

    ask: Any

    def code(self, op: str, **claims: Any) -> str:
        """Ask once, sending again as portals do; give the answer's code."""
        return str(self.ask(op, claims)["code"])


@contextlib.contextmanager
def relay_beside(lab: Lab, folder: Path) -> Iterator[LabRelay]:
    """Run a relay on the controller's address; its certificate is of the lab's CA."""
    authority = Authority(lab.ca, lab.ca.parent / "ca.key")
    relay = LabRelay.make(folder, lab.address, authority)
    relay.start(dies_with_us=True)
    try:
        yield relay
    finally:
        relay.stop()


@contextlib.contextmanager
def server(suite: Suite, folder: Path, *, more: Sequence[str] = ()) -> Iterator[Server]:
    """Set one up beside a controller and a relay of its own; nothing is left.

    `more` are packages of Debian that the server has besides.
    """
    root = ensure_root(suite, more=more)
    Lab.ensure_snapshot()  # building it needs the network that is left next
    with own_network(), contextlib.ExitStack() as ending:
        lab = Lab.start(folder / "lab")
        ending.callback(lab.stop)
        relay = ending.enter_context(relay_beside(lab, folder / "relay"))
        machine = Machine(folder / "machine", root)
        ending.callback(machine.stop)
        machine.boot()
        machine.put(CA, lab.ca.read_bytes())
        yield Server(lab, relay, machine)
    shutil.rmtree(folder, ignore_errors=True)
