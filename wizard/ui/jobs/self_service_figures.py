"""Whom the answers of self-service mean, found and counted off the GUI thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wire.text import EMPTY, Text
from wizard.controller.controller import Controller
from wizard.controller.permissions import CoverageProgress
from wizard.flow.conversion import draft_of, inputs_of, settings_of
from wizard.flow.defaults import defaults
from wizard.flow.model import Answers
from wizard.flow.pages.self_service import (
    EXCEPTIONS,
    GROUPS,
    SELF_SERVICE,
    TWO,
    WHO,
)
from wizard.permissions.self_service_count import SelfServiceReach

_EVERY_S = 0.1  # between two looks of the window
_LISTS = (GROUPS, EXCEPTIONS, TWO)
_COUNTS = (WHO, *_LISTS)  # what decides who is counted


@dataclass(frozen=True)
class SelfServiceFigures:
    """What is known: the count, or who is not found, so that there is none.

    `resolved` are the answers that it is for, once names are what they were found to
    be; `two_proof_named`: somebody always needs two.
    """

    resolved: Answers
    reach: SelfServiceReach | None = None
    unknown: Text = EMPTY
    two_proof_named: bool = False


@dataclass(frozen=True)
class SelfServiceCount:
    """Counts for what is answered; two are the same where they count the same people.

    `answers` are those that decide it; make it with `of`.
    """

    controller: Controller
    answers: Answers

    @classmethod
    def of(cls, controller: Controller, answers: Answers) -> "SelfServiceCount":
        """Make it of all answers, right or wrong ones."""
        usual = defaults()
        paths = [each.path for each in SELF_SERVICE.fields if each.path not in _COUNTS]
        return cls(controller, answers.having({p: usual.get(p) for p in paths}))

    def run(
        self, report: Callable[[Any], None], stop: threading.Event
    ) -> SelfServiceFigures:
        """Find who is named, then count everybody in the scope.

        SettingsError: a page before is not answered.
        """
        inputs, draft = inputs_of(self.answers), draft_of(self.answers)
        outcome = self.controller.checks.run(
            "self_service", draft, inputs, stop, lambda _inspection: None
        )
        for row in outcome.failed:
            return SelfServiceFigures(self.answers, unknown=row.detail)
        resolved = self.answers.having(outcome.values)
        settings = settings_of(resolved)
        reach = self.controller.permissions.foresee_self_service(
            settings, inputs, report=_slowly(report), stop=stop
        )
        named = bool(settings.self_service.two_proof_groups)
        return SelfServiceFigures(resolved, reach, two_proof_named=named)


def _slowly(report: Callable[[Any], None]) -> Callable[[CoverageProgress], None]:
    """Report as often as somebody can see."""
    reported = 0.0

    def seen(progress: CoverageProgress) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported >= _EVERY_S:
            reported = now
            report(progress)

    return seen
