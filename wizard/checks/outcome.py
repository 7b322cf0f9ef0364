"""What a check of a page came to."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wizard.checks.controller_facts import Inspection
from wizard.inputs import Draft
from wizard.plan.change import Context
from wizard.results import Check

Report = Callable[[Inspection], None]


@dataclass(frozen=True)
class Outcome:
    """What a check came to, in rows; controllers have a table instead, the inspection.

    The values are answers that were resolved on the way, such as a group's DN.
    """

    checks: tuple[Check, ...]
    values: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    inspection: Inspection | None = None

    @property
    def rows(self) -> tuple[Check, ...]:
        """What is shown as rows."""
        if self.inspection is None:
            return self.checks
        return (*self.inspection.notes, *self.inspection.account)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The rows that keep the journey here."""
        return tuple(check for check in self.checks if check.state == "failed")

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The rows to be seen before going on."""
        return tuple(check for check in self.checks if check.state == "warning")


# tries a draft; looks at the event now and then, and reports what is known so far
CheckFunction = Callable[[Draft, Context, threading.Event, Report], Outcome]
