"""Every check of an installation as a row; one that can't be made is a row as well."""

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

from agent.config.errors import SettingsError
from agent.config.settings import DirectorySettings, Settings
from wire.failure import Failure
from wire.text import Text
from wizard.checks.controller_facts import ControllerFacts
from wizard.controller.controller import Controller
from wizard.inputs import Draft, Inputs
from wizard.permissions.findings import Finding, Level
from wizard.results import Check, State

_ACCOUNT = Text("The service account")
_SETTINGS = Text("Settings")
_STATES: dict[Level, State] = {
    Level.OK: "ok",
    Level.INFO: "info",
    Level.WARNING: "warning",
    Level.PROBLEM: "failed",
}
# findings of the account's own state: their words name nobody else
_OWN_STATE = ("account/", "password/")
# what a finding's id ends with where it is one of several
_OBJECT = re.compile(r"/(S-1-|[^/=]*=).*", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One check as it is shown here, and as it is sent: without anybody's name."""

    shown: Check
    sent: Check

    @classmethod
    def of(cls, check: Check) -> Self:
        """Make a row of a check that names no people."""
        return cls(check, check)

    @classmethod
    def of_finding(cls, finding: Finding) -> Self:
        """Make a row of what was found on the agent's account.

        The words of most name who could take the account over, or people as examples.
        """
        state, what = _STATES[finding.level], finding.shown_by
        shown = Check(finding.id, finding.title, state, what, finding.remedy)
        if finding.id.startswith(_OWN_STATE):
            return cls.of(shown)
        return cls(shown, Check(_OBJECT.sub("", finding.id), _ACCOUNT, state))

    @classmethod
    def of_settings(cls, error: SettingsError) -> Self:
        """Make a row of settings that can't be used: which, but not what they are."""
        remedy = Text("Fix the file, then run writeback apply.")
        shown = Check("settings", _SETTINGS, "failed", error.what, remedy)
        paths = ", ".join(each.path for each in error.problems)
        what = Text("{source} can't be used: {paths}", source=error.source, paths=paths)
        return cls(shown, replace(shown, detail=what))


def rows(
    controller: Controller, settings: Settings, stop: threading.Event
) -> Iterator[Row]:
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
        _ACCOUNT,
        lambda: _account(controller, settings, stop),
    )


def _tried(
    name: str, title: Text, check: Callable[[], Iterable[Row | Check]]
) -> Iterable[Row]:
    try:
        made = tuple(check())
    except Failure as error:
        made = (Check(name, title, "failed", error.what, error.remedy),)
    return [each if isinstance(each, Row) else Row.of(each) for each in made]


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
) -> Iterator[Row]:
    about = controller.permissions.about_account
    for finding in about(settings, Inputs(), report=_nothing, stop=stop):
        yield Row.of_finding(finding)
