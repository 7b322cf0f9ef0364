"""The report of a plan, written into a file for a change board."""

import threading
from pathlib import Path

from agent.config.settings import Settings
from wire.failure import Failure
from wire.text import Text
from wizard.cli.errors import BadUsage
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage
from wizard.enrolment.expected_portal import expected_portal
from wizard.flow.choices import PageChoices, choices_of
from wizard.flow.conversion import answers_of
from wizard.flow.model import Answers
from wizard.inputs import Inputs
from wizard.permissions.export import whole_file
from wizard.plan.change import Plan
from wizard.report.document import Document
from wizard.report.plain_text import as_text
from wizard.report.plan_report import PlanFacts, origin_here, plan_report


def write_report(
    place: Path, controller: Controller, plan: Plan, settings: Settings, inputs: Inputs
) -> None:
    """Write what is chosen, reached and changed; reads only.

    BadUsage for a name that asks for another form; StepFailed where the file can't be
    written.
    """
    if place.suffix.lower() == ".pdf":
        what = Text("The command line writes the report as text.")
        remedy = Text("Name a .txt file, or save the PDF in the wizard's window.")
        raise BadUsage(what, remedy)
    document = report_of(controller, plan, settings, inputs)
    with whole_file(place) as file:
        file.write(as_text(document))


def report_of(
    controller: Controller, plan: Plan, settings: Settings, inputs: Inputs
) -> Document:
    """Make the report of a plan for settings."""
    installed = controller.installation.installed()
    enrolled = installed.portal if installed else None
    facts = PlanFacts(
        plan,
        _chosen(settings, installed.settings if installed else None),
        reach=_reach(controller, settings, inputs),
        portal=expected_portal(inputs.enrolment_code, enrolled),
    )
    return plan_report(facts, origin_here())


def _chosen(settings: Settings, in_force: Settings | None) -> tuple[PageChoices, ...]:
    """Give what the settings decide, as the pages that ask each of them."""
    values = {**answers_of(settings), "mode": "custom", "task": "options"}
    groups = choices_of(Answers(values, in_force), settings)
    return tuple(group for group in groups if group.page.id != "mode")


def _reach(
    controller: Controller, settings: Settings, inputs: Inputs
) -> Coverage | Text:
    try:
        return controller.permissions.foresee(
            settings, inputs, report=lambda _seen: None, stop=threading.Event()
        )
    except Failure as error:
        return error.whole
