"""The check that a page's Next runs, as a job that needs nothing of the window."""

import threading
from collections.abc import Callable
from typing import Any

from wire.text import Text
from wizard.checks.outcome import Outcome
from wizard.controller.controller import Controller
from wizard.flow.conversion import draft_of, inputs_of
from wizard.flow.model import Answers
from wizard.results import Check
from wizard.ui.presenters.failure import row_of

Run = Callable[[threading.Event, Callable[[Any], None]], Outcome]


def page_check(controller: Controller, name: str, answers: Answers) -> Run:
    """Give the job that runs a check on the answers as they are now."""
    draft, inputs = draft_of(answers), inputs_of(answers)
    return lambda stop, report: controller.checks.run(name, draft, inputs, stop, report)


def broken(error: BaseException) -> Check:
    """Tell of a check that ended in an exception as a row."""
    detail, remedy = row_of(error)
    return Check(
        id="broken",
        title=Text("This could not be finished"),
        state="failed",
        detail=detail,
        remedy=remedy or Text("Fix the cause and try again."),
    )
