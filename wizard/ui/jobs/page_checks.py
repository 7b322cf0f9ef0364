"""The checks that Next runs: by name, as calls that need nothing of the window."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.config.errors import SettingsError
from wizard.checks.controller_facts import Inspection
from wizard.flow.conversion import directory_of, inputs_of, relay_of
from wizard.flow.model import Answers
from wizard.results import Check
from wizard.ui.door import Door
from wizard.ui.formatting import tr


@dataclass(frozen=True)
class Outcome:
    """What a check came to.

    Attributes:
        checks: the rows.
        values: answers that were resolved on the way, such as a group's DN.
        inspection: of the controllers: a table shows them, not rows.

    """

    checks: tuple[Check, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    inspection: Inspection | None = None

    @property
    def rows(self) -> tuple[Check, ...]:
        """What is shown as rows."""
        found = self.inspection
        return self.checks if found is None else (*found.notes, *found.account)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The rows that keep the journey here."""
        return tuple(check for check in self.checks if check.state == "failed")

    @property
    def warnings(self) -> tuple[Check, ...]:
        """The rows to be seen before going on."""
        return tuple(check for check in self.checks if check.state == "warning")


Report = Callable[[Any], None]
Run = Callable[[threading.Event, Report], Outcome]


def _relay(door: Door, answers: Answers) -> Run:
    relay, inputs = relay_of(answers), inputs_of(answers)
    return lambda stop, _report: Outcome(door.check_relay(relay, inputs, stop))


def _directory(door: Door, answers: Answers) -> Run:
    directory, inputs = directory_of(answers), inputs_of(answers)

    def run(stop: threading.Event, report: Report) -> Outcome:
        found = door.inspect_directory(directory, inputs, stop, report)
        return Outcome((*found.checks, *found.notes), inspection=found)

    return run


def _scope(door: Door, answers: Answers) -> Run:
    directory, inputs = directory_of(answers), inputs_of(answers)
    containers = answers.get("scope.containers", ())
    return lambda _stop, _report: Outcome(
        door.check_scope(directory, inputs, containers)
    )


def _identifier(door: Door, answers: Answers) -> Run:
    directory, inputs = directory_of(answers), inputs_of(answers)
    containers = answers.get("scope.containers", ())
    by = answers.text("identify_by")
    return lambda _stop, _report: Outcome(
        door.check_identifier(directory, inputs, containers, by)
    )


def _group(door: Door, answers: Answers) -> Run:
    if answers.get("pilot") != "group":
        return lambda _stop, _report: Outcome(())
    directory, inputs = directory_of(answers), inputs_of(answers)
    group = answers.text("scope.pilot_group").strip()

    def run(_stop: threading.Event, _report: Report) -> Outcome:
        check, dn = door.check_group(directory, inputs, group)
        return Outcome((check,), {"scope.pilot_group": dn} if dn else {})

    return run


CHECKS: Mapping[str, Callable[[Door, Answers], Run]] = {
    "relay": _relay,
    "directory": _directory,
    "scope": _scope,
    "identifier": _identifier,
    "group": _group,
}


def broken(error: BaseException) -> Check:
    """Tell of a check that ended in an exception as a row."""
    remedy = str(getattr(error, "remedy", ""))
    if isinstance(error, SettingsError):
        detail = "; ".join(str(problem) for problem in error.problems)
    else:
        detail = str(error).removesuffix(remedy).strip() or type(error).__name__
    return Check(
        id="broken",
        title=tr("This could not be finished"),
        state="failed",
        detail=detail,
        remedy=remedy or tr("Mend the cause and try again."),
    )
