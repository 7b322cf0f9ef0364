"""The window: the journey's pages in a frame; all buttons follow in `refresh`."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QWidget,
    QWizard,
)

from wizard.controller.controller import Controller
from wizard.flow.defaults import Offers, found_offers
from wizard.flow.pages.order import PAGES
from wizard.flow.route import route
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import INDEX, WizardPage
from wizard.ui.pages.apply import ApplyPage
from wizard.ui.pages.order import page_class
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.widgets.rail import Rail

_BUTTON = QWizard.WizardButton


class WizardWindow(QWizard):
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
        self._walking = False
        self._entered: WizardPage | None = None
        self._finder = Worker(self, self._domain_found)
        self._frame()
        self.session.changed.connect(self._answers_changed)
        self.currentIdChanged.connect(self._page_changed)
        self.helpRequested.connect(self._help)
        self.session.begun.connect(self._begin)
        self._begin()

    def _begin(self) -> None:
        """Go to the first page of the journey, which is a new one."""
        first = route(self.session.answers)[0]
        self._build(INDEX[first.id])
        self.setStartId(INDEX[first.id])
        self.restart()
        self._find_domain()

    def page_id(self) -> str:
        """Give the id of the page that is shown."""
        return self.shown.page.id

    def page(self, page: int | str) -> Any:
        """Give a page by its id, built where it was not; or by QWizard's number."""
        if isinstance(page, str):
            self._build(page := INDEX[page])
        return super().page(page)

    def set_answers(self, values: Mapping[str, Any]) -> None:
        """Answer on the page that is shown, as `WizardPage.set_answers`."""
        self.shown.set_answers(values)

    def press_next(self) -> None:
        """Press the button that goes on, whatever it is named; Close at the end."""
        last = self.shown.nextId() == -1
        self.button(_BUTTON.FinishButton if last else _BUTTON.NextButton).click()

    @property
    def shown(self) -> WizardPage:
        """The page that is shown."""
        page = self.currentPage()
        assert isinstance(page, WizardPage)
        return page

    def _frame(self) -> None:
        self.setWindowTitle(tr("Writeback"))
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setOption(QWizard.WizardOption.IndependentPages)
        self.setOption(QWizard.WizardOption.HaveHelpButton)
        self.setOption(QWizard.WizardOption.NoDefaultButton, on=False)
        self.setButtonLayout(
            [
                _BUTTON.HelpButton,
                _BUTTON.Stretch,
                _BUTTON.BackButton,
                _BUTTON.NextButton,
                _BUTTON.FinishButton,
                _BUTTON.CancelButton,
            ]
        )
        for which in (_BUTTON.HelpButton, _BUTTON.BackButton, _BUTTON.CancelButton):
            button = self.button(which)
            assert isinstance(button, QPushButton)
            button.setAutoDefault(False)  # Enter never leaves, nor goes back
        self.rail = Rail()
        self.rail.chosen.connect(self.go_back_to)
        self.setSideWidget(self.rail)
        self.setMinimumSize(760, 540)
        self.resize(960, 680)

    def _flush(self) -> None:
        """Let the rail reach the frame; the buttons keep their distance from it.

        QWizard has no setting for its margins: it takes them from the style's metrics,
        which are every window's, and sets them anew when it is shown and at some
        pages. So its grid is changed each time; where another Qt has another grid,
        only the distances differ.
        """
        outer = self.findChild(QGridLayout)
        if outer is None:
            return
        outer.setContentsMargins(0, 0, 0, 0)
        beside = self.rail.parentWidget()
        if beside and (place := beside.layout()):
            place.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        for line in (1, 3):  # around the ruler above the buttons
            outer.setRowMinimumHeight(line, 0)
        for at in range(outer.count()):
            inner = outer.itemAt(at)
            if isinstance(inner, QHBoxLayout):
                inner.setContentsMargins(palette.GROUP, 12, palette.GROUP, 12)
                inner.setSpacing(palette.TIGHT)

    def _build(self, number: int) -> None:
        if number in self.pageIds():
            return
        built = page_class(PAGES[number].id)(PAGES[number], self.session)
        built.state_changed.connect(self._state_changed)
        built.refused.connect(self.refused)
        if isinstance(built, ApplyPage):
            built.applied.connect(self.applied)
        self.setPage(number, built)

    def validateCurrentPage(self) -> bool:
        passed = super().validateCurrentPage()
        if passed and self.shown.nextId() >= 0:
            self._build(self.shown.nextId())
        return passed

    def _page_changed(self, number: int) -> None:
        if number < 0 or self._walking:
            return
        here = self.shown.page.id
        for page in route(self.session.answers):
            if page.id == here:
                self.shown.word(page)
        if self._entered:
            self._entered.left()
        self._entered = self.shown
        self._entered.entered()
        title = tr("{page} - Writeback", page=self.shown.page.title)
        self.setWindowTitle(title)
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
        self.button(_BUTTON.NextButton).setFocus()

    def _answers_changed(self) -> None:
        if self.currentId() >= 0 and not self._walking:
            self.shown.arrange()
            self._state_changed()

    def _state_changed(self) -> None:
        self.shown.completeChanged.emit()
        self.refresh()

    def refresh(self) -> None:
        """Derive every button and the rail from the page and the answers."""
        if self.currentId() < 0 or self._walking:
            return
        page, pages = self.shown, route(self.session.answers)
        last = page.nextId() == -1
        back = page.can_go_back and page.page.id != pages[0].id
        texts = {
            _BUTTON.NextButton: page.next_text,
            _BUTTON.FinishButton: tr("&Close"),
            _BUTTON.BackButton: tr("&Back"),
            _BUTTON.CancelButton: tr("&Cancel"),
            _BUTTON.HelpButton: tr("&Help"),
        }
        for which, text in texts.items():
            self.setButtonText(which, text)
        self.button(_BUTTON.NextButton).setVisible(not last)
        self.button(_BUTTON.FinishButton).setVisible(last)
        self.button(_BUTTON.CancelButton).setVisible(not last)
        self.button(_BUTTON.NextButton).setEnabled(page.can_go_on)
        self.button(_BUTTON.FinishButton).setEnabled(not page.busy)
        self.button(_BUTTON.BackButton).setEnabled(back)
        self.rail.show_route(pages, page.page.id, back=back)
        self._flush()
        self._tint()

    def _tint(self) -> None:
        for which in (_BUTTON.NextButton, _BUTTON.FinishButton):
            button = self.button(which)
            assert isinstance(button, QPushButton)
            button.setDefault(button.isVisibleTo(self))
            destroys = self.shown.destroys
            button.setPalette(palette.accented(self.palette(), destroys=destroys))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()

    def go_back_to(self, page_id: str) -> None:
        """Go back to a page that is done."""
        if not self.shown.can_go_back:
            return
        self._walking = True
        try:
            while self.page_id() != page_id and self.visitedIds()[0] != (
                self.currentId()
            ):
                self.back()
        finally:
            self._walking = False
        self._page_changed(self.currentId())

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
        self._ask(say(page.title), say(page.help), ())

    def reject(self) -> None:
        """Ask before leaving; while changes are made, ask to stop them."""
        page = self.shown
        if page.changing_machine and not page.can_stop:
            text = tr("This can't be stopped; the wizard can be left once it is done.")
            self._ask(tr("Changes are being made"), text, ((tr("Go on"), None),))
        elif page.changing_machine:
            text = tr("Stop, and take back what was done so far?")
            stop = (tr("Stop and take back"), page.stop)  # type: ignore[attr-defined]
            self._ask(tr("Changes are being made"), text, (stop, (tr("Go on"), None)))
        elif not page.asks_to_leave:
            super().reject()
        else:
            text = tr("Your answers are not kept. Nothing more will be changed.")
            leave = (tr("Leave"), lambda: self.done(0))
            self._ask(tr("Leave the wizard?"), text, (leave, (tr("Stay"), None)))

    def _ask(self, title: str, text: str, choices: tuple[tuple[str, Any], ...]) -> None:
        dialog = QMessageBox(self)
        dialog.setWindowTitle(tr("Writeback"))
        dialog.setText(title)
        dialog.setInformativeText(text)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, act in choices:
            role = QMessageBox.ButtonRole
            button = dialog.addButton(name, role.AcceptRole if act else role.RejectRole)
            if act:
                button.clicked.connect(act)
            else:
                dialog.setDefaultButton(button)
                dialog.setEscapeButton(button)
        self.question = dialog
        dialog.open()

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
