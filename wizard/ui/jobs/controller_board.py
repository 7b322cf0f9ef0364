"""The look at the controllers while their list is made: a job for a worker."""

import threading
from collections.abc import Callable
from typing import Any

from agent.config.settings import DirectorySettings, DomainController
from wizard.checks.controller_facts import Inspection
from wizard.checks.controllers import merged, outcome_of
from wizard.checks.outcome import Outcome
from wizard.controller.controller import Controller
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Answers
from wizard.inputs import Draft
from wizard.ui.jobs.page_checks import Run
from wizard.ui.jobs.worker import Job


def look(
    controller: Controller,
    settings: DirectorySettings,
    pending: tuple[DomainController, ...],
    answers: Answers,
) -> Job:
    """Give the job that looks at some controllers of a directory."""
    draft = Draft(directory=settings.model_copy(update={"controllers": pending}))
    inputs = inputs_of(answers)

    def run(report: Callable[[Any], None], stop: threading.Event) -> Outcome:
        return controller.checks.run("controllers", draft, inputs, stop, report)

    return run


def look_at_rest(
    job: Job | None, known: Inspection, settings: DirectorySettings
) -> Run:
    """Give the page's check: what is known already, with the rest that is looked at."""

    def run(stop: threading.Event, report: Callable[[Any], None]) -> Outcome:
        rest = job(report, stop).inspection if job else None
        whole = merged(known, rest or Inspection(known.domain), settings)
        return outcome_of(whole, settings)

    return run
