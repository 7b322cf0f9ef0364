"""What can be read of permissions, for an ordinary user: each method asks the service.

It has the methods of `wizard.permissions.Permissions`, with the same promises.
"""

import threading
from collections.abc import Callable, Sequence

from agent.coverage import Judged
from agent.findings import Finding
from agent.settings import Identifier, Settings
from wizard.checks import Inputs
from wizard.elevation.calling import Calling
from wizard.granting import Entry, Revocation
from wizard.permissions import Coverage, Explained, Permissions, Seen
from wizard.plan import Change


class RemotePermissions:
    """What can be read of permissions by whom polkit lets in."""

    def __init__(self, calling: Calling) -> None:
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
        each: Callable[[Judged], None],
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
