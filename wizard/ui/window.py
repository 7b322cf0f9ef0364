"""The window: the journey's pages in a frame; all buttons follow in `refresh`."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wire.text import Text, verbatim
from wizard.controller.controller import Controller
from wizard.flow.defaults import Offers, found_offers
from wizard.flow.route import route
from wizard.ui.announce import announce
from wizard.ui.formatting import tr
from wizard.ui.frame.footer import Footer, Name
from wizard.ui.frame.leaving import Question, ask, question_of
from wizard.ui.frame.pages import PageStack
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.pages.apply import ApplyPage
from wizard.ui.session import Session
from wizard.ui.widgets.rail import Rail


class WizardWindow(QDialog):
    """The wizard on the desktop, for both journeys.

    It opens at once: what is installed is read while its first page is shown, and
    each page is built when it is first shown. What may take time runs off the GUI
    thread.
    """

    page_shown = Signal(str)  # the id of the page that is shown now
    # Next was pressed and the page stays, with the reason in words
    refused = Signal(str)
    applied = Signal()  # the plan was applied; Complete follows by itself

    def __init__(self, controller: Controller, offers: Offers | None = None) -> None:
        super().__init__()
        self.session = Session(controller, offers or Offers())
        self.question: QMessageBox | None = None
        self._entered: WizardPage | None = None
        self._finder = Worker(self, self._domain_found)
        self._frame()
        self.session.changed.connect(self._answers_changed)
        self.session.begun.connect(self._begin)
        self._begin()

    def _frame(self) -> None:
        self.setWindowTitle(tr("Writeback"))
        self.rail, self.footer = Rail(), Footer()
        self.pages = PageStack(self.session, self._prepare)
        main = QVBoxLayout()
        main.setSpacing(0)
        main.addWidget(self.pages, 1)
        main.addWidget(self.footer)
        place = QHBoxLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(0)
        place.addWidget(self.rail)
        place.addLayout(main, 1)
        self.rail.chosen.connect(self.go_back_to)
        self.pages.moved.connect(self._page_changed)
        self.button("help").clicked.connect(self._help)
        self.button("back").clicked.connect(self.back)
        self.button("next").clicked.connect(self._go_on)
        self.button("cancel").clicked.connect(self.reject)
        self.setMinimumSize(760, 540)
        self.resize(960, 680)

    def _prepare(self, page: WizardPage) -> None:
        page.state_changed.connect(self.refresh)
        page.refused.connect(self.refused)
        page.passed.connect(self.next)
        if isinstance(page, ApplyPage):
            page.applied.connect(self.applied)

    def _begin(self) -> None:
        """Go to the first page of the journey, which is a new one."""
        self.pages.begin(route(self.session.answers)[0].id)
        self._find_domain()

    def button(self, name: Name) -> QPushButton:
        """Give a button of the footer; `next` is the one that goes on, or closes."""
        return self.footer.buttons[name]

    @property
    def shown(self) -> WizardPage:
        """The page that is shown."""
        return self.pages.shown

    def page_id(self) -> str:
        """Give the id of the page that is shown."""
        return self.shown.page.id

    def page(self, page_id: str) -> Any:
        """Give a page by its id, built where it was not."""
        return self.pages.page(page_id)

    def set_answers(self, values: Mapping[str, Any]) -> None:
        """Answer on the page that is shown, as `WizardPage.set_answers`."""
        self.shown.set_answers(values)

    def press_next(self) -> None:
        """Press the button that goes on, whatever it is named; Close at the end."""
        self.button("next").click()

    def _go_on(self) -> None:
        if self.shown.ends:
            self.accept()
        else:
            self.next()

    def next(self) -> None:
        """Go on, if the page that is shown lets the journey do so."""
        following = self.shown.try_next() and self.shown.following
        if following:
            self.pages.go_to(following)

    def back(self) -> None:
        """Go back to the page before."""
        self.pages.go_back()

    def go_back_to(self, page_id: str) -> None:
        """Go back to a page that is done."""
        if self.shown.can_go_back:
            self.pages.go_back(page_id)

    def _page_changed(self) -> None:
        here = self.page_id()
        for page in route(self.session.answers):
            if page.id == here:
                self.shown.word(page)
        if self._entered:
            self._entered.left()
        self._entered = self.shown
        self._entered.entered()
        title = tr("{page} – Writeback", page=self.shown.page.title)
        self.setWindowTitle(title)
        announce(self, self.shown.title_label.text())
        self.refresh()
        self._focus()
        self.page_shown.emit(self.page_id())

    def _focus(self) -> None:
        """Put the keyboard at the first control of the page, or on Next."""
        for widget in self.shown.content.findChildren(QWidget):
            policy = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            if policy and widget.isVisibleTo(self) and widget.isEnabled():
                widget.setFocus()
                return
        self.button("next").setFocus()

    def _answers_changed(self) -> None:
        self.shown.arrange()
        self.refresh()

    def refresh(self) -> None:
        """Derive every button and the rail from the page and the answers."""
        page, pages = self.shown, route(self.session.answers)
        back = page.can_go_back and page.page.id != pages[0].id
        self.footer.show_page(page, back=back)
        self.rail.show_route(pages, page.page.id, back=back)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.footer.tint(destroys=self.shown.destroys)

    def _find_domain(self) -> None:
        known = self.session.installed or self.session.answers.reading
        if known or "directory.domain" in self.session.offers.values:
            return
        controller = self.session.controller
        self._finder.start(lambda _report, _stop: controller.checks.find_domain())

    def _domain_found(self, domain: Any) -> None:
        if domain is not None:
            self.session.offer(found_offers(domain))

    def _help(self) -> None:
        page = self.shown.page
        self.question = ask(
            self, Question(verbatim(page.title), verbatim(page.help), None, Text("OK"))
        )

    def reject(self) -> None:
        """Ask before leaving; while changes are made, ask to stop them."""
        question = question_of(self.shown, lambda: self.done(0))
        if question:
            self.question = ask(self, question)
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()

    def done(self, result: int) -> None:
        """Stop all work off the GUI thread, then close."""
        self.hide()
        for worker in self.findChildren(Worker):
            worker.close()
        self.session.clear_secrets()
        super().done(result)
