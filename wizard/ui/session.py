"""What the pages of one window share: controller, answers, the plan reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from wizard.flow.defaults import Offers, defaults
from wizard.flow.model import SECRETS, Answers
from wizard.flow.route import next_page, route
from wizard.ui.outcomes import Outcomes

if TYPE_CHECKING:
    from agent.config.settings import Settings
    from wizard.controller.controller import Controller
    from wizard.flow.kept_answers import KeptAnswers
    from wizard.plan.change import Change, Plan
    from wizard.results import Installed, PortalDetails, Recovery
    from wizard.ui.jobs.machine import Machine

# the names of a copy are asked, the original's are not offered
_OF_COPY = {"agent": "", "directory.account.name": ""}


@dataclass(frozen=True)
class RemovalResult:
    """What a removal took away."""

    # what was removed, each with what came back, where something did
    lines: tuple[tuple[str, str], ...]
    known: PortalDetails | None  # what the portal's side still knows of the agent


class Session(QObject):
    """The answers on their way to settings.

    What needs the rules of settings is imported where it is used: there are none to
    read before the journey begins.
    """

    changed = Signal()  # an answer is another
    reread = Signal()  # answers were put in from outside; pages show them anew
    # what is on the machine was read; the journey is at its first page
    begun = Signal()

    def __init__(
        self, controller: Controller, offers: Offers, kept: KeptAnswers | None = None
    ) -> None:
        super().__init__()
        self.controller = controller
        self.offers = offers
        self.kept = kept  # where answers lie while the wizard is left
        self.installed: Installed | None = None
        self.recovery: Recovery | None = None
        self.answers = Answers(reading=True)
        self.outcomes = Outcomes()
        self.plan: Plan | None = None
        self.applied: Settings | None = None
        self.gone: RemovalResult | None = None
        # the page that sent one back to change an answer; one comes back to it
        self.returns_to = ""

    def begin(self, machine: Machine) -> None:
        """Begin with the answers that go with what is on the machine."""
        self.outcomes.clear()
        self.recovery, self.installed = machine.recovery, machine.installed
        self.returns_to = ""
        self.answers = self._answers_with(machine)
        self.reread.emit()
        self.begun.emit()

    def first_page(self, machine: Machine) -> str:
        """Give the id of the page that a journey with this machine begins with."""
        return route(self._answers_with(machine))[0].id

    def _answers_with(self, machine: Machine) -> Answers:
        from wizard.flow.conversion import answers_of

        recovery, installed = machine.recovery, machine.installed
        settings = installed.settings if installed else None
        known = answers_of(settings) if settings else self.offers.values
        values = {**defaults(), **known}
        copied = installed is not None and installed.copied
        if copied:
            values |= _OF_COPY
        return Answers(
            values,
            settings,
            recovery=recovery is not None,
            forward=recovery is not None and recovery.forward,
            removal=recovery is not None and recovery.removal,
            copied=copied,
        )

    def update(self, installed: Installed) -> None:
        """Take what is installed now; answers that were changed are kept."""
        from wizard.flow.conversion import answers_of

        before, self.installed = self.answers.installed, installed
        if before is None or before == installed.settings:
            return
        known = answers_of(before)
        own = {p: v for p, v in self.answers.values.items() if known.get(p, v) != v}
        rest = {p: v for p, v in self.answers.values.items() if p not in known}
        values = {**defaults(), **answers_of(installed.settings), **rest, **own}
        self.answers = replace(
            self.answers, values=MappingProxyType(values), installed=installed.settings
        )
        self.reread.emit()
        self.changed.emit()

    def take(self, values: Mapping[str, Any]) -> None:
        """Put answers over those there are."""
        self.answers = self.answers.having(values)
        self.changed.emit()

    def put(self, values: Mapping[str, Any]) -> None:
        """Put answers over those there are, on all pages that show them."""
        self.answers = self.answers.having(values)
        self.reread.emit()
        self.changed.emit()

    def offer(self, more: Offers) -> None:
        """Take found answers for fields that have none."""
        self.offers = self.offers.and_also(more)
        open_ = {p: v for p, v in more.values.items() if not self.answers.get(p)}
        self.answers = self.answers.having(open_)
        self.reread.emit()
        self.changed.emit()

    def following(self, page_id: str) -> str | None:
        """Give the id of the page after one; None where the journey ends there.

        It is the one that sent one back, where nothing between is left to answer.
        """
        from wizard.flow.validation import problems_of

        pages = {page.id: page for page in route(self.answers)}
        ids = list(pages)
        if self.returns_to in ids and page_id in ids:
            between = ids[ids.index(page_id) + 1 : ids.index(self.returns_to)]
            if not any(problems_of(pages[each], self.answers) for each in between):
                return self.returns_to
        return next_page(self.answers, page_id)

    def clear_secrets(self) -> None:
        """Forget the secrets: they were used."""
        self.answers = self.answers.without(SECRETS)
        self.reread.emit()
        self.changed.emit()

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of the plan reviewed; none while there is no plan."""
        return self.plan.changes if self.plan else ()

    @property
    def settings(self) -> Settings:
        """The settings that the answers make; SettingsError where one is wrong."""
        from wizard.flow.conversion import settings_of

        return settings_of(self.answers)
