"""The window: the journey's pages in a frame; all buttons follow in `refresh`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from wizard.flow.defaults import Offers, found_offers
from wizard.flow.route import route
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.frame import screen_fit
from wizard.ui.frame.enter_key import is_field, pressed_by_enter
from wizard.ui.frame.folded_rail import FoldedRail
from wizard.ui.frame.footer import Footer, Name
from wizard.ui.frame.help_pane import HelpPane
from wizard.ui.frame.leaving import ask, question_of
from wizard.ui.frame.middle import Middle
from wizard.ui.frame.notice import Notice
from wizard.ui.frame.notice_bar import NoticeBar
from wizard.ui.frame.pages import PageStack
from wizard.ui.frame.rail import Rail
from wizard.ui.frame.tab_order import following, stops
from wizard.ui.jobs.slices import Slices
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.presenters.outcome import notice_before
from wizard.ui.session import Session
from wizard.ui.theme import scheme
from wizard.ui.widgets.laid_once import laid_once
from wizard.ui.widgets.rows_dialog import RowsDialog

if TYPE_CHECKING:
    from wizard.controller.controller import Controller
    from wizard.flow.kept_answers import KeptAnswers
    from wizard.ui.outcomes import PageOutcome


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

    def __init__(
        self,
        controller: Controller,
        offers: Offers | None = None,
        kept: KeptAnswers | None = None,
    ) -> None:
        super().__init__()
        self.session = Session(controller, offers or Offers(), kept)
        self.question: QMessageBox | None = None
        self._entered: WizardPage | None = None
        self._settling = False
        self._ended = False  # the page that is shown ends the journey
        self._finder = Worker(self, self._domain_found)
        self._frame()
        self.session.changed.connect(self._answers_changed)
        self.session.begun.connect(self._begin)
        if kept:
            self.applied.connect(kept.forget)
        self._begin()

    def _frame(self) -> None:
        self.setWindowTitle(tr("Writeback"))
        scheme.be_own_window(self)
        self.rail, self.folded, self.footer = Rail(), FoldedRail(), Footer()
        self.pages = PageStack(self.session, self._prepare)
        self.help_pane, self.bar = HelpPane(), NoticeBar()
        self.middle = Middle(self.pages, self.help_pane)
        main = QVBoxLayout()
        main.setSpacing(0)
        main.addWidget(self.folded)
        main.addWidget(self.middle, 1)
        main.addWidget(self.bar)
        main.addWidget(self.footer)
        place = QHBoxLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        place.setSpacing(0)
        place.addWidget(self.rail)
        place.addLayout(main, 1)
        for rail in (self.rail, self.folded):
            rail.chosen.connect(self.go_back_to)
        self.pages.moved.connect(self._page_changed)
        self.help_pane.closed.connect(self._focus)
        self.middle.turned.connect(self._fold)
        self.button("help").clicked.connect(self.help_pane.toggle)
        QShortcut(QKeySequence.StandardKey.HelpContents, self, self.help_pane.toggle)
        self.button("back").clicked.connect(self.back)
        self.button("next").clicked.connect(self._go_on)
        self.button("cancel").clicked.connect(self._leave)
        screen_fit.fit(self)

    def _prepare(self, page: WizardPage) -> None:
        page.state_changed.connect(self.refresh)
        page.refused.connect(self.refused)
        page.page_wanted.connect(self.go_back_to)
        page.code_wanted.connect(self.help_pane.show_code)
        page.help_wanted.connect(self.help_pane.open_it)
        page.near.connect(self.pages.build_following)
        page.soon.connect(self.pages.page)
        page.passed.connect(self.next)
        page.wanted.connect(self.go_back_to)
        page.leads.connect(lambda ids: self.pages.go_to(*ids))
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

    def go_back_to(self, page_id: str, field: str = "") -> None:
        """Go back to a page that is done, and there to a field where one is named."""
        if self.shown.can_go_back and page_id in self.pages.path[:-1]:
            self.pages.go_back(page_id)
            self.shown.focus_field(field)

    def _page_changed(self) -> None:
        here = self.page_id()
        for page in route(self.session.answers):
            if page.id == here:
                self.shown.word(page)
        if self._entered:
            self._entered.left()
        self._entered = self.shown
        self._settling = True  # all that follows from it is derived once, below
        try:
            with laid_once(self._entered.body):
                self._entered.entered()
        finally:
            self._settling = False
        title = tr("{page} – Writeback", page=self.shown.page.title)
        self.setWindowTitle(title)
        announce(self, self.shown.title_label.text())
        self.refresh()
        self._focus()
        self.page_shown.emit(self.page_id())

    def _focus(self) -> None:
        """Put the keyboard into the first field of the page, else on what goes on."""
        page, go_on = self.shown, self.button("next")
        places = stops(page.content) if page.asks_first else ()
        field = next((each for each in places if is_field(each)), None)
        (field or (go_on if go_on.isEnabled() else page.title_label)).setFocus()

    def focusNextPrevChild(self, onward: bool) -> bool:  # noqa: FBT001 - Qt's
        here = QApplication.focusWidget()
        target = following([*self._stops()], here, 1 if onward else -1)
        if target is None:
            return False
        reason = Qt.FocusReason
        target.setFocus(reason.TabFocusReason if onward else reason.BacktabFocusReason)
        if self.shown.area.isAncestorOf(target):
            self.shown.area.ensureWidgetVisible(target)
        return True

    def _stops(self) -> Iterator[QWidget]:
        """Give the stops of Tab: page, help, bar, footer, and last the rail."""
        covered = () if self.middle.covered else (self.pages,)
        rails = (self.rail, self.folded)
        for part in (*covered, self.help_pane, self.bar, self.footer, *rails):
            yield from stops(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        event.accept()
        here = QApplication.focusWidget()
        button = pressed_by_enter(self.shown, here, self.button("next"))
        if button and not event.isAutoRepeat():
            button.click()

    def _answers_changed(self) -> None:
        self.shown.arrange()
        self.refresh()

    def refresh(self) -> None:
        """Derive every button and the rail from the page and the answers."""
        if self._settling:
            return
        page, pages = self.shown, route(self.session.answers)
        back = page.can_go_back and page.page.id != pages[0].id
        self.footer.show_page(page, back=back)
        self.rail.show_route(pages, page.page.id, back=back)
        self.folded.show_steps(self.rail.steps)
        self._fold()
        self.help_pane.show_page(page.page)
        self.bar.show_notice(page.notice or self._outcome_before())
        self._end(ends=page.ends)

    def _end(self, *, ends: bool) -> None:
        """Put the keyboard on Close once the page ends: what had it may be gone."""
        if ends and not self._ended and self.button("next").isEnabled():
            self.button("next").setFocus()
        self._ended = ends

    def _fold(self) -> None:
        """Fold what takes place from the page where the window is narrow or low."""
        needed = max(screen_fit.page_width(), self.middle.needed_width)
        narrow = self.width() < self.rail.width() + needed
        low = self.height() < self.rail.needed_height
        self.rail.setVisible(not (narrow or low))
        self.folded.setVisible((narrow or low) and len(self.rail.steps) > 1)
        self.shown.scroll_header(scrolled=self.height() < screen_fit.low_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _outcome_before(self) -> Notice | None:
        """Give what the check of the page before came to, until this one has its own.

        That page was left as soon as its check had passed.
        """
        for before in self.pages.path[-2:-1]:
            known = self.session.outcomes.of(before)
            if known and self.shown.following:
                return notice_before(known, partial(self._show_rows, known))
        return None

    def _show_rows(self, known: PageOutcome) -> None:
        dialog = RowsDialog(self, say(known.page.title), known.outcome.checks)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        screen_fit.follow(self)
        self.refresh()

    def _find_domain(self) -> None:
        known = self.session.installed or self.session.answers.reading
        if known or "directory.domain" in self.session.offers.values:
            return
        controller = self.session.controller
        self._finder.start(lambda _report, _stop: controller.checks.find_domain())

    def _domain_found(self, domain: Any) -> None:
        if domain is not None:
            self.session.offer(found_offers(domain))

    def reject(self) -> None:
        """Shut help, else stop a check, else leave; that is asked where it matters."""
        if not self.help_pane.isHidden():
            self.help_pane.shut()
        elif not self.shown.stop_running():
            self._leave()

    def _leave(self) -> None:
        question = question_of(self.shown, lambda: self.done(0))
        if question:
            self.question = ask(self, question)
        else:
            self.done(0)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self._leave()

    def done(self, result: int) -> None:
        """Stop all work off the GUI thread, then close."""
        self.hide()
        for slices in self.findChildren(Slices):
            slices.drop()
        for worker in self.findChildren(Worker):
            worker.close()
        self.session.clear_secrets()
        super().done(result)
