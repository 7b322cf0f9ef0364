"""Complete: what was verified and made, a real test, what the portal must be given."""

import threading
from dataclasses import dataclass
from typing import Any

from wizard.checks.outcome import Outcome
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Page
from wizard.results import PortalDetails
from wizard.ui.complete.applied_panel import AppliedPanel
from wizard.ui.complete.next_steps import NextSteps
from wizard.ui.complete.portal_details import PortalComparison, PortalDetailsPanel
from wizard.ui.complete.self_test_panel import TestPanel
from wizard.ui.formatting import tr
from wizard.ui.jobs.coverage import Judge
from wizard.ui.jobs.machine import Machine
from wizard.ui.jobs.slices import Slices
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.check_panel import CheckPanel
from wizard.ui.widgets.labels import heading


@dataclass(frozen=True)
class Verified(Outcome):
    """The rows, and what the portal's side must know."""

    details: PortalDetails | None = None


class CompletePage(WizardPage):
    """The last page of a plan that was applied."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.check_panel = CheckPanel(tr("Verify again"), "")
        self.check_panel.requested.connect(self.verify)
        self.check_panel.ended.connect(self._verified)
        self._details = Slices(self)
        self.comparison = PortalComparison()
        self.panel = PortalDetailsPanel(tr("Give this to your portal"))
        self.made = AppliedPanel()
        self.test = TestPanel(session)
        self.test.state_changed.connect(self.state_changed)
        self.test.code_wanted.connect(self.code_wanted)
        self.test.state_changed.connect(lambda: self.bring(self.test.check_rows))
        self.field_boxes = self.test.field_boxes
        self.steps = NextSteps()
        self.steps.chosen.connect(self._go_to)
        self.add(heading(tr("Verified")), self.check_panel, self.made)
        self.add(self.comparison, self.panel, self.test, self.steps)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.test.busy

    @property
    def asks_first(self) -> bool:
        return False  # Enter closes; a test is begun by who wants one

    @property
    def can_go_back(self) -> bool:
        return False

    def entered(self) -> None:
        on = self._on
        self._entitle(failed=False)
        self.test.setVisible(on)
        self.steps.setVisible(self.session.installed is not None)
        self.verify()

    @property
    def _on(self) -> bool:
        settings = self.session.applied or self.session.settings
        return settings.features.password_writeback

    def _entitle(self, *, failed: bool) -> None:
        """Say in the title what is so now, and whether it was verified."""
        if not self._on:
            text = tr("Password writeback is off")
        elif failed:
            text = tr("Password writeback is on, but not all checks passed")
        else:
            text = tr("Password writeback is on")
        self.title_label.setText(text)

    def left(self) -> None:
        self.made.progress.worker.drop()
        self._details.drop()

    def verify(self) -> None:
        """Prove what was set up, hop by hop; then who can be reset, and the account."""
        settings = self.session.applied or self.session.settings
        controller = self.session.controller

        def run(_stop: threading.Event, _report: Any) -> Outcome:
            rows = controller.installation.verify(settings)
            details = controller.installation.portal_details()
            return Verified(rows, details=details)

        self.check_panel.start(run, tr("Verifying each hop"))
        self.made.check(Judge(controller, settings, inputs_of(self.session.answers)))

    def _verified(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._entitle(failed=bool(outcome.failed))
        if isinstance(outcome, Verified) and outcome.details:
            details = outcome.details
            # the rows came in this event: what else is long comes in those after it
            self._details.start(
                lambda: self.comparison.show_details(details),
                lambda: self.panel.show_details(details),
            )
        self.state_changed.emit()

    def _go_to(self, task: str) -> None:
        """Begin another journey: the task, or the health page alone."""
        self.session.begin(Machine(None, self.session.installed))
        if task:
            self.session.take({"task": task})
            self.passed.emit()
