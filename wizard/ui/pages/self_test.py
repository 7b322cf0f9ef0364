"""Test a reset, as a task of its own."""

from typing import Any

from wizard.flow.model import Page
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.self_test_panel import TestPanel


class TestResetPage(WizardPage):
    """One request through the relay to the directory and back."""

    __test__ = False

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.test = TestPanel(session)
        self.test.state_changed.connect(self.state_changed)
        self.test.heading.hide()
        self.body.addWidget(self.test)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.test.busy

    def set_answers(self, values: Any) -> None:
        self.test.set_answers(values)

    def close_work(self) -> None:
        self.test.worker.close()
