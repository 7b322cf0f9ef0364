"""What the window needs of `wizard.controller.Controller`: the one door.

A Protocol, so that pages are tested with a fake that says what a real domain
would; the real controller satisfies it by its methods.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from agent.secret import Secret
from agent.settings import Directory, Relay, Settings
from wizard.checks import (
    Check,
    Container,
    Found,
    HandOver,
    Inputs,
    Installed,
    Recovery,
    TestResult,
)
from wizard.plan import Change, Progress, RolledBack

Report = Callable[[Progress], None]


class Door(Protocol):
    """Reads and changes of this machine and the directory; every call may block."""

    def installed(self) -> Installed | None: ...
    def recovery(self) -> Recovery | None: ...
    def recover(self, inputs: Inputs, report: Report) -> RolledBack: ...
    def find_domain(self) -> Found | None: ...
    def check_relay(
        self, relay: Relay, code: Secret | None, stop: threading.Event
    ) -> tuple[Check, ...]: ...
    def check_directory(
        self, directory: Directory, inputs: Inputs, stop: threading.Event
    ) -> tuple[Check, ...]: ...
    def containers(
        self, directory: Directory, inputs: Inputs, parent_dn: str
    ) -> tuple[Container, ...]: ...
    def check_scope(
        self, directory: Directory, inputs: Inputs, containers: Sequence[str]
    ) -> tuple[Check, ...]: ...
    def check_group(
        self, directory: Directory, inputs: Inputs, group: str
    ) -> tuple[Check, str | None]: ...
    def check_identifier(
        self,
        directory: Directory,
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
    def verify(self, settings: Settings) -> tuple[Check, ...]: ...
    def hand_over(self) -> HandOver: ...
    def test_reset(
        self, by: str, value: str, new_password: Secret | None
    ) -> TestResult: ...
