"""Reading what is installed: the first page, until it is known which one follows."""

from PySide6.QtWidgets import QWidget

from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.jobs.machine import read_machine
from wizard.ui.jobs.page_checks import broken
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import CopyButton, busy_bar, button, label, row, stack


class ReadingPage(WizardPage):
    """Reads the machine off the GUI thread; what fails is told here."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.worker = Worker(self, session.begin, self._failed)
        self.check_rows = CheckRows()
        self.again = button(tr("Try &again"), self.read)
        self.copy = CopyButton("", tr("Copy what came back"))
        self.add(self._running(), self.check_rows, row(self.again, self.copy))
        self.body.addStretch(1)

    def _running(self) -> QWidget:
        doing = label(tr("Looking at settings, service and journal"), wrap=False)
        bar = busy_bar(tr("Reading what is installed"))
        bar.setMinimumWidth(240)
        mark = Mark("loader-circle", "accent")
        self.running = stack(row(mark, doing), row(bar), spacing=6)
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

    def _failed(self, error: BaseException) -> None:
        self.check_rows.show_checks((broken(error),))
        self.copy.text_to_copy = self.check_rows.text
        self._arrange()
        self.again.setFocus()

    @property
    def following(self) -> str | None:
        return "welcome"  # or another: it is known once all is read
