"""Complete: what was verified, a real test, and what the portal must be given."""

import threading
from typing import Any

from PySide6.QtWidgets import QGridLayout

from wizard.checks import HandOver
from wizard.questions import Page
from wizard.ui.checking import Checking
from wizard.ui.jobs import Outcome
from wizard.ui.journey import Journey
from wizard.ui.labels import CopyButton, LongName, Panel, fingerprint, heading, label
from wizard.ui.page import WizardPage
from wizard.ui.testing import TestPanel
from wizard.ui.words import tr


class CompletePage(WizardPage):
    """The last page of a plan that was applied."""

    def __init__(self, page: Page, journey: Journey) -> None:
        super().__init__(page, journey)
        self._hand_over: HandOver | None = None
        self.body.addWidget(heading(tr("Verified")))
        self.checking = Checking(tr("Verify again"), "")
        self.checking.asked.connect(self.verify)
        self.checking.ended.connect(self._verified)
        self.body.addWidget(self.checking)
        self.body.addWidget(self._hand_panel())
        self.test = TestPanel(journey)
        self.test.state_changed.connect(self.state_changed)
        self.test.state_changed.connect(lambda: self.bring(self.test.rows))
        self.body.addWidget(self.test)
        self.body.addStretch(1)

    def _hand_panel(self) -> Panel:
        self.panel = Panel()
        self.panel.column.addWidget(heading(tr("Give this to your portal")))
        self.grid = QGridLayout()
        self.grid.setColumnStretch(1, 1)
        self.grid.setHorizontalSpacing(12)
        self.panel.column.addLayout(self.grid)
        self.panel.hide()
        return self.panel

    @property
    def busy(self) -> bool:
        return self.test.busy

    @property
    def can_go_back(self) -> bool:
        return False

    def entered(self) -> None:
        on = self.journey.settings.features.password_writeback
        if self.journey.applied:
            on = self.journey.applied.features.password_writeback
        text = tr("Password writeback is on") if on else tr("Password writeback is off")
        self.title_label.setText(text)
        self.test.setVisible(on)
        self.verify()

    def verify(self) -> None:
        """Prove what was set up, hop by hop."""
        settings = self.journey.applied or self.journey.settings
        door = self.journey.door

        def run(_stop: threading.Event, _report: Any) -> Outcome:
            return Outcome(door.verify(settings), {"hand_over": door.hand_over()})

        self.checking.start(run, tr("Verifying each hop"))

    def _verified(self, outcome: Outcome | None) -> None:
        if outcome and "hand_over" in outcome.values:
            self._show(outcome.values["hand_over"])
        self.state_changed.emit()

    def _show(self, given: HandOver) -> None:
        if given == self._hand_over:
            return
        self._hand_over = given
        lines = (
            (tr("Connection URL"), given.url),
            (tr("Agent"), given.agent),
            (tr("Fingerprint"), given.fingerprint),
            (tr("Portal"), given.issuer),
        )
        while (item := self.grid.takeAt(0)) is not None:
            widget: Any = item.widget()
            if widget:
                widget.hide()
                widget.deleteLater()
        for at, (name, text) in enumerate(lines):
            self.grid.addWidget(label(name, muted=True, wrap=False), at, 0)
            whole = text == given.fingerprint
            self.grid.addWidget(fingerprint(text) if whole else LongName(text), at, 1)
            copy = CopyButton(text, tr("Copy: {name}").format(name=name))
            self.grid.addWidget(copy, at, 2)
        self.panel.show()

    def set_answers(self, values: Any) -> None:
        self.test.set_answers(values)

    def close_work(self) -> None:
        self.checking.worker.close()
        self.test.worker.close()
