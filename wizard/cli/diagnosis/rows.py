"""Every check of an installation as a row; one that can't be made is a row as well."""

import threading
from collections.abc import Callable, Iterable, Iterator

from agent.config.settings import DirectorySettings, Settings
from wire.failure import Failure
from wire.text import Text
from wizard.checks.controller_facts import ControllerFacts
from wizard.controller.controller import Controller
from wizard.inputs import Draft, Inputs
from wizard.permissions.findings import Finding, Level
from wizard.results import Check, State

_STATES: dict[Level, State] = {
    Level.OK: "ok",
    Level.INFO: "info",
    Level.WARNING: "warning",
    Level.PROBLEM: "failed",
}


def rows(
    controller: Controller, settings: Settings, stop: threading.Event
) -> Iterator[Check]:
    """Make all checks, the cheap ones first; reads only."""
    yield from _tried(
        "installation",
        Text("Installation"),
        lambda: controller.installation.verify(settings),
    )
    draft = Draft(relay=settings.relay)
    yield from _tried(
        "relay",
        Text("Relay"),
        lambda: controller.checks.run("relay", draft, Inputs(), stop, _nothing).checks,
    )
    yield from _tried(
        "controllers",
        Text("Domain controllers"),
        lambda: _controllers(controller, settings.directory, stop),
    )
    yield from _tried(
        "account",
        Text("The agent's account"),
        lambda: _account(controller, settings, stop),
    )


def _tried(
    name: str, title: Text, check: Callable[[], Iterable[Check]]
) -> Iterable[Check]:
    try:
        return tuple(check())
    except Failure as error:
        return (Check(name, title, "failed", error.what, error.remedy),)


def _nothing(_so_far: object) -> None:
    """Nobody is shown how far it is."""


def _controllers(
    controller: Controller, directory: DirectorySettings, stop: threading.Event
) -> Iterator[Check]:
    inspection = controller.checks.inspect_controllers(directory, Inputs(), stop)
    for facts in inspection.controllers:
        yield from _of_one(facts)
    yield from inspection.notes


def _of_one(facts: ControllerFacts) -> Iterator[Check]:
    for cell in facts.cells:
        title = Text("{host}: {fact}", host=facts.host, fact=cell.name)
        what = cell.detail or cell.word
        name = f"{facts.host} {cell.name}"
        yield Check(name, title, cell.state, what, cell.remedy)


def _account(
    controller: Controller, settings: Settings, stop: threading.Event
) -> Iterator[Check]:
    about = controller.permissions.about_account
    for finding in about(settings, Inputs(), report=_nothing, stop=stop):
        yield _of_finding(finding)


def _of_finding(finding: Finding) -> Check:
    state = _STATES[finding.level]
    return Check(finding.id, finding.title, state, finding.shown_by, finding.remedy)
