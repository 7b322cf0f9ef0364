"""Reading what is installed: the first page, until it is known which one follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from wizard import translation
from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.jobs.machine import Machine, read_machine
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.pages.order import FIRST, import_pages
from wizard.ui.session import Session
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import CopyButton, busy_bar, button, label, row, stack

if TYPE_CHECKING:
    from wizard.controller.controller import Controller


class ReadingPage(WizardPage):
    """Reads the machine off the GUI thread; what fails is told here.

    It begins once it is painted: the code that reads is imported then too, and would
    take turns with what paints the window.
    """

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self._waits = False  # until it is painted
        self.worker = Worker(self, self._read, self._failed)
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
        return self._waits or self.worker.busy or self._passing.busy

    @property
    def can_go_on(self) -> bool:
        return False  # it goes on by itself

    @property
    def asks_to_leave(self) -> bool:
        return False  # nothing was answered

    def entered(self) -> None:
        self._waits = True
        self.update()
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._waits:
            QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        if self._waits:
            self.read()

    def read(self) -> None:
        """Read the machine; the journey begins with what is found."""
        self._waits = False
        controller = self.session.controller
        self.check_rows.show_checks(())
        self.worker.start(lambda _report, _stop: _read(controller))
        self._arrange()

    def _arrange(self) -> None:
        self.running.setVisible(self.busy)
        self.again.setHidden(self.busy)
        self.copy.setHidden(self.busy)
        self.state_changed.emit()

    def _read(self, machine: Machine) -> None:
        """Build the page that is first, and begin with it in an event of its own."""
        first, begin = self.session.first_page(machine), self.session.begin
        self._passing.start(lambda: self.soon.emit(first), lambda: begin(machine))

    def _failed(self, error: BaseException) -> None:
        from wizard.ui.jobs.page_checks import broken  # it may be there by now

        self.check_rows.show_checks((broken(error),))
        self.copy.text_to_copy = self.check_rows.text
        self._arrange()
        self.again.setFocus()

    @property
    def following(self) -> str | None:
        return "welcome"  # or another: it is known once all is read


def _read(controller: Controller) -> Machine:
    """Read the machine; with it comes the code that shows what was found."""
    machine = read_machine(controller)
    import_pages(FIRST)
    translation.available()  # kept for who chooses one: their names take a while
    return machine
