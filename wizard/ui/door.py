"""What the window needs of `wizard.controller.controller.Controller`: the one door.

A Protocol, so that pages are tested with a fake that says what a real domain
would; the real controller satisfies it by its methods.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from agent.config.settings import DirectorySettings, Relay, Settings
from wire.names import Identifier
from wire.secret import Secret
from wizard.checks.controller_facts import Inspection
from wizard.controller.permissions import Coverage, Explained, Seen
from wizard.grants.grants import Entry
from wizard.inputs import Inputs
from wizard.permissions.coverage import PersonVerdict
from wizard.permissions.findings import Finding
from wizard.plan.change import Change, Progress, RolledBack
from wizard.results import (
    Check,
    Container,
    FoundDomain,
    Installed,
    PortalDetails,
    Recovery,
    SelfTestResult,
)

Report = Callable[[Progress], None]


class Permissions(Protocol):
    """What is read of permissions: `wizard.controller.permissions.Permissions`."""

    def explain(
        self, settings: Settings, inputs: Inputs, by: Identifier | None, value: str
    ) -> Explained: ...
    def coverage(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        each: Callable[[PersonVerdict], None],
        report: Callable[[Seen], None],
        stop: threading.Event,
    ) -> Coverage: ...
    def about_account(
        self,
        settings: Settings,
        inputs: Inputs,
        *,
        report: Callable[[int], None],
        stop: threading.Event,
    ) -> tuple[Finding, ...]: ...
    def plan_grant(self, settings: Settings, inputs: Inputs) -> tuple[Change, ...]: ...
    def entries(
        self, settings: Settings, inputs: Inputs, changes: Sequence[Change]
    ) -> tuple[Entry, ...]: ...


class Door(Protocol):
    """Reads and changes of this machine and the directory; every call may block."""

    @property
    def permissions(self) -> Permissions: ...
    def installed(self) -> Installed | None: ...
    def recovery(self) -> Recovery | None: ...
    def recover(self, inputs: Inputs, report: Report) -> RolledBack: ...
    def find_domain(self) -> FoundDomain | None: ...
    def check_relay(
        self, relay: Relay, inputs: Inputs, stop: threading.Event
    ) -> tuple[Check, ...]: ...
    def inspect_directory(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        stop: threading.Event,
        report: Callable[[Inspection], None],
    ) -> Inspection: ...
    def containers(
        self, directory: DirectorySettings, inputs: Inputs, parent_dn: str
    ) -> tuple[Container, ...]: ...
    def check_scope(
        self, directory: DirectorySettings, inputs: Inputs, containers: Sequence[str]
    ) -> tuple[Check, ...]: ...
    def check_group(
        self, directory: DirectorySettings, inputs: Inputs, group: str
    ) -> tuple[Check, str | None]: ...
    def check_identifier(
        self,
        directory: DirectorySettings,
        inputs: Inputs,
        containers: Sequence[str],
        identify_by: str,
    ) -> tuple[Check, ...]: ...
    def plan(self, settings: Settings, inputs: Inputs) -> tuple[Change, ...]: ...
    def apply(
        self,
        settings: Settings,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None: ...
    def plan_removal(self, inputs: Inputs) -> tuple[Change, ...]: ...
    def remove(
        self,
        changes: Sequence[Change],
        inputs: Inputs,
        report: Report,
        stop: threading.Event,
    ) -> None: ...
    def verify(self, settings: Settings) -> tuple[Check, ...]: ...
    def hand_over(self) -> PortalDetails: ...
    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> SelfTestResult: ...
