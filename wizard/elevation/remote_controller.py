"""The controller of this machine, for an ordinary user: each method asks the service.

It has the methods of `wizard.controller.controller.Controller` that a window needs,
with the same promises; beside their errors each may raise NotAllowed and NotReached.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.config.settings import DirectorySettings, Relay, Settings
from wire.names import Identifier
from wire.secret import Secret
from wizard.checks.controller_facts import Inspection
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage, Explained, Permissions, Seen
from wizard.elevation.dbus.client import ServiceClient
from wizard.grants.grants import Entry, Revocation
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.findings import Finding
from wizard.plan.change import Change, Report, RolledBack
from wizard.results import (
    Check,
    Container,
    FoundDomain,
    Installed,
    PortalDetails,
    Recovery,
    SelfTestResult,
)


def remote_controller() -> "RemoteController":
    """Give this machine's controller; nothing is asked yet."""
    return RemoteController(ServiceClient())


class RemoteController:
    """What can be read and changed of this machine by whom polkit lets in."""

    def __init__(self, calling: ServiceClient) -> None:
        self._ask = calling.ask
        self.permissions = RemotePermissions(calling)

    def installed(self) -> Installed | None:
        return self._ask(Controller.installed, {})

    def lost(self) -> Path | None:
        return self._ask(Controller.lost, {})

    def recovery(self) -> Recovery | None:
        return self._ask(Controller.recovery, {})

    def recover(self, inputs: Inputs, report: Report) -> RolledBack:
        return self._ask(Controller.recover, {"inputs": inputs, "report": report})

    def find_domain(self) -> FoundDomain | None:
        return self._ask(Controller.find_domain, {})

    def check_relay(
        self, relay: Relay, inputs: Inputs, stop: threading.Event
    ) -> tuple[Check, ...]:
        given = {"relay": relay, "inputs": inputs, "stop": stop}
        return self._ask(Controller.check_relay, given)

    def inspect_directory(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        stop: threading.Event,
        report: Callable[[Inspection], None],
    ) -> Inspection:
        given = {"directory": directory, "inputs": inputs}
        told = {"stop": stop, "report": report}
        return self._ask(Controller.inspect_directory, given | told)

    def containers(
        self, directory: DirectorySettings, inputs: Inputs, parent_dn: str
    ) -> tuple[Container, ...]:
        given = {"directory": directory, "inputs": inputs, "parent_dn": parent_dn}
        return self._ask(Controller.containers, given)

    def check_scope(
        self, directory: DirectorySettings, inputs: Inputs, containers: Sequence[str]
    ) -> tuple[Check, ...]:
        given = {"directory": directory, "inputs": inputs, "containers": containers}
        return self._ask(Controller.check_scope, given)

    def check_group(
        self, directory: DirectorySettings, inputs: Inputs, group: str
    ) -> tuple[Check, str | None]:
        given = {"directory": directory, "inputs": inputs, "group": group}
        return self._ask(Controller.check_group, given)

    def check_identifier(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        containers: Sequence[str],
        identify_by: str,
    ) -> tuple[Check, ...]:
        given = {"directory": directory, "inputs": inputs, "containers": containers}
        by = {"identify_by": identify_by}
        return self._ask(Controller.check_identifier, given | by)

    def plan(self, settings: Settings, inputs: Inputs) -> tuple[Change, ...]:
        return self._ask(Controller.plan, {"settings": settings, "inputs": inputs})

    def apply(
        self,
        settings: Settings,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        """Make all changes or none, if the service's own plan is the same.

        Raises:
            StepFailed: the machine changed since the plan was shown.

        """
        given = {"settings": settings, "changes": changes, "inputs": inputs}
        told = {"report": report, "stop": stop}
        self._ask(Controller.apply, given | told)

    def plan_removal(self, inputs: Inputs) -> tuple[Change, ...]:
        return self._ask(Controller.plan_removal, {"inputs": inputs})

    def remove(
        self,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None:
        """Remove the installation, if the service's own plan is the same.

        Raises:
            StepFailed: the machine changed since the plan was shown.

        """
        given = {"changes": changes, "inputs": inputs}
        self._ask(Controller.remove, given | {"report": report, "stop": stop})

    def verify(self, settings: Settings) -> tuple[Check, ...]:
        return self._ask(Controller.verify, {"settings": settings})

    def hand_over(self) -> PortalDetails:
        return self._ask(Controller.hand_over, {})

    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> SelfTestResult:
        given = {"by": by, "value": value, "new_password": new_password}
        return self._ask(Controller.test_reset, given)


class RemotePermissions:
    """What can be read of permissions by whom polkit lets in."""

    def __init__(self, calling: ServiceClient) -> None:
        self._ask = calling.ask

    def explain(
        self, settings: Settings, inputs: Inputs, by: Identifier | None, value: str
    ) -> Explained:
        given = {"settings": settings, "inputs": inputs, "by": by, "value": value}
        return self._ask(Permissions.explain, given)

    def coverage(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        each: Callable[[PersonVerdict], None],
        report: Callable[[Seen], None],
        stop: threading.Event,
    ) -> Coverage:
        given = {"settings": settings, "inputs": inputs}
        told = {"each": each, "report": report, "stop": stop}
        return self._ask(Permissions.coverage, given | told)

    def about_account(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> tuple[Finding, ...]:
        given = {"settings": settings, "inputs": inputs}
        told = {"report": report, "stop": stop}
        return self._ask(Permissions.about_account, given | told)

    def plan_grant(self, settings: Settings, inputs: Inputs) -> tuple[Change, ...]:
        given = {"settings": settings, "inputs": inputs}
        return self._ask(Permissions.plan_grant, given)

    def plan_revoke(self, settings: Settings, inputs: Inputs) -> Revocation:
        given = {"settings": settings, "inputs": inputs}
        return self._ask(Permissions.plan_revoke, given)

    def entries(
        self, settings: Settings, inputs: Inputs, changes: Sequence[Change]
    ) -> tuple[Entry, ...]:
        given = {"settings": settings, "inputs": inputs, "changes": changes}
        return self._ask(Permissions.entries, given)
