"""Reading what is installed: the first page, until it is known which one follows."""

from PySide6.QtWidgets import QWidget

from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.jobs.machine import Machine, read_machine
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import INDEX, WizardPage
from wizard.ui.session import Session
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import CopyButton, busy_bar, button, column, label, row


class ReadingPage(WizardPage):
    """Reads the machine off the GUI thread; what fails is told here."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.worker = Worker(self)
        self.worker.succeeded.connect(self._read)
        self.worker.failed.connect(self._failed)
        self.check_rows = CheckRows()
        self.body.addWidget(self._running())
        self.body.addWidget(self.check_rows)
        self.again = button(tr("Try &again"))
        self.again.clicked.connect(self.read)
        self.copy = CopyButton("", tr("Copy what came back"))
        self.body.addLayout(row(self.again, self.copy))
        self.body.addStretch(1)

    def _running(self) -> QWidget:
        self.running = QWidget()
        doing = label(tr("Looking at settings, service and journal"), wrap=False)
        bar = busy_bar(tr("Reading what is installed"))
        bar.setMinimumWidth(360)
        place = column(self.running, 6)
        place.addLayout(row(Mark("loader-circle", "accent"), doing))
        place.addLayout(row(bar))
        return self.running

    @property
    def busy(self) -> bool:
        return self.worker.busy

    @property
    def can_go_on(self) -> bool:
        return False  # it goes on by itself

    @property
    def asks_to_leave(self) -> bool:
        return False  # nothing was answered

    def entered(self) -> None:
        self.read()

    def read(self) -> None:
        """Read the machine; the journey begins with what is found."""
        controller = self.session.controller
        self.check_rows.show_checks(())
        self.worker.start(lambda _report, _stop: read_machine(controller))
        self._arrange()

    def _arrange(self) -> None:
        self.running.setVisible(self.busy)
        self.again.setHidden(self.busy)
        self.copy.setHidden(self.busy)
        self.state_changed.emit()

    def _read(self, machine: Machine) -> None:
        self.session.begin(machine)

    def _failed(self, error: BaseException) -> None:
        self.check_rows.show_checks((broken(error),))
        self.copy.text_to_copy = self.check_rows.text
        self._arrange()
        self.again.setFocus()

    def nextId(self) -> int:
        return INDEX["welcome"]  # or another: it is known once all is read

    def close_work(self) -> None:
        self.worker.close()
