"""Everything a whole installation needs, real and in one folder: for journeys."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.config.settings import Settings
from agent.config.settings_file import validate
from docs.portal_client import Client, Portal
from lab.authority import Authority
from lab.controller import Lab
from lab.relay import LabRelay
from lab.slow_controller import SLOW_S, ask_until_there, is_away
from wire.secret import Secret
from wizard.controller.controller import Controller
from wizard.host.sandbox.host import SandboxHost
from wizard.inputs import AdminCredentials, Inputs
from wizard.plan.change import allow_all
from wizard.results import Check, SelfTestResult

AGENT = "srv1"
CANARY = "Canary-7f3a-Passw0rd!"


@dataclass(frozen=True)
class Sandbox:
    """A domain controller, a relay with a portal, and a machine to install on."""

    lab: Lab
    relay: LabRelay
    host: SandboxHost
    controller: Controller

    @property
    def client(self) -> Client:
        """A portal's own connection to the relay."""
        return Client(Portal.load(self.relay.portal))

    @property
    def inputs(self) -> Inputs:
        """What an administrator types, with a new enrolment code."""
        admin = AdminCredentials(self.lab.admin_user, Secret(self.lab.admin_password))
        return Inputs(admin=admin, enrolment_code=Secret(self.relay.code()))

    def tested(self, upn: str, password: Secret | None = None) -> SelfTestResult:
        """Test a reset, again as portals do where the controller was only slow."""
        test = self.controller.installation.test_reset
        return ask_until_there(
            lambda: test("userPrincipalName", upn, password), lambda result: result.code
        )

    def verified(self, settings: Settings) -> tuple[Check, ...]:
        """Verify, once more where a controller was slow: its agent waits for it."""
        rows = self.controller.installation.verify(settings)
        failed = any(row.state == "failed" for row in rows)
        if failed and is_away(self.controller):
            self.host.wait_ready(SLOW_S)
            rows = self.controller.installation.verify(settings)
        return rows

    def settings(self, **changed: Any) -> Settings:
        """Settings for this stage; `changed` replaces whole sections."""
        return validate({**self._plain(), **changed})

    def _plain(self) -> Mapping[str, Any]:
        people = f"OU=People,{self.lab.base_dn}"
        return {
            "version": 1,
            "agent": AGENT,
            "relay": {"url": self.relay.url, "ca": str(self.relay.folder / "ca.pem")},
            "directory": {
                "domain": self.lab.realm.lower(),
                "controllers": [
                    {"host": self.lab.host, "address": self.lab.address},
                ],
                "ca": str(self.lab.ca),
                "account": {
                    "kind": "new",
                    "name": "svc-writeback",
                    "container": f"CN=Users,{self.lab.base_dn}",
                },
            },
            "scope": {"containers": [people]},
        }


@contextmanager
def sandbox(lab: Lab, folder: Path) -> Iterator[Sandbox]:
    """Set a stage beside a running controller, and leave nothing running."""
    authority = Authority(lab.ca, lab.ca.parent / "ca.key")
    relay = LabRelay.make(folder / "relay", lab.address, authority)
    relay.start(dies_with_us=True)
    host = SandboxHost(folder / "machine")
    try:
        yield Sandbox(lab, relay, host, Controller(host, allow_all))
    finally:
        host.stop_service()
        relay.stop()
        shutil.rmtree(folder / "machine", ignore_errors=True)
