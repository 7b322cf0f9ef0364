"""What the tick of one container means: who is in it, and who of them can be reset."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agent.config.errors import SettingsError
from agent.config.settings import Scope, Settings
from wire.text import EMPTY, Text
from wizard.checks.containers import MOST_PEOPLE
from wizard.controller.controller import Controller
from wizard.controller.permissions import Coverage, CoverageProgress
from wizard.errors import reason
from wizard.flow.conversion import inputs_of, reached_directory, settings_of
from wizard.flow.model import Answers
from wizard.plan.change import StepFailed
from wizard.results import PeopleBelow

AFTER_ACCOUNT = Text("Who of them can reset is known after the account step.")


@dataclass(frozen=True)
class ContainerFigures:
    """People of one container: checked, or only counted, and then why."""

    coverage: Coverage | None = None
    people: PeopleBelow | None = None
    why_not: Text = EMPTY
    pilot_group: str = ""  # its members alone are checked


@dataclass(frozen=True)
class ContainerReach:
    """Checks the people of one container; runs in a worker's thread.

    Looks at 5,000 people at most. The scope is what it is, or what it would be with
    this container ticked; `answers` say the rest.
    """

    controller: Controller
    answers: Answers
    containers: tuple[str, ...]
    excluded: tuple[str, ...]
    container: str

    def run(
        self, report: Callable[[Any], None], stop: threading.Event
    ) -> ContainerFigures:
        """Check them where it is known by whom they are reset, else count them."""
        settings = self._settings()
        if settings is None or self._lacks_account(settings):
            return self._counted(AFTER_ACCOUNT, stop)
        try:
            coverage = self._checked(settings, report, stop)
        except StepFailed as error:
            return self._counted(reason(error), stop)
        return ContainerFigures(coverage, pilot_group=settings.scope.pilot_group or "")

    def _settings(self) -> Settings | None:
        """Give the settings; None where a page is not answered yet.

        SettingsError: the scope itself is wrong.
        """
        named: dict[str, Any] = {
            "scope.containers": self.containers,
            "scope.exclude_containers": self.excluded,
        }
        if "=" not in self.answers.text("scope.pilot_group"):
            named["pilot"] = "all"  # it is not found by its name yet
        try:
            return settings_of(self.answers.having(named))
        except SettingsError as error:
            if any(each.path.startswith("scope") for each in error.problems):
                raise
        return None

    def _lacks_account(self, settings: Settings) -> bool:
        inputs = inputs_of(self.answers)
        if self.answers.installed is not None or inputs.account_password is not None:
            return False
        existing = settings.directory.account.kind == "existing"
        return existing or inputs.admin is None

    def _checked(
        self,
        settings: Settings,
        report: Callable[[Any], None],
        stop: threading.Event,
    ) -> Coverage:
        def seen(progress: CoverageProgress) -> None:
            if progress.people >= MOST_PEOPLE:
                stop.set()
            report(progress)

        return self.controller.permissions.foresee_below(
            settings, inputs_of(self.answers), self.container, report=seen, stop=stop
        )

    def _counted(self, why_not: Text, stop: threading.Event) -> ContainerFigures:
        scope = Scope(containers=self.containers, exclude_containers=self.excluded)
        directory, inputs = reached_directory(self.answers), inputs_of(self.answers)
        people = self.controller.checks.people_below(
            directory, inputs, scope, self.container, stop
        )
        return ContainerFigures(people=people, why_not=why_not)
