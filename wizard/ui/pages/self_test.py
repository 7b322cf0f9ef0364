"""Test a reset, as a task of its own."""

from wizard.flow.model import Page
from wizard.ui.complete.self_test_panel import TestPanel
from wizard.ui.page import WizardPage
from wizard.ui.session import Session


class TestResetPage(WizardPage):
    """One request through the relay to the directory and back."""

    __test__ = False

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.test = TestPanel(session)
        self.test.state_changed.connect(self.state_changed)
        self.test.code_wanted.connect(self.code_wanted)
        self.test.heading.hide()
        self.field_boxes = self.test.field_boxes
        self.add(self.test)
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        return self.test.busy
