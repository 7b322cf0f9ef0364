"""The pages of a window: built just before they are shown, and the path to this one."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from wizard.flow.pages.order import PAGES
from wizard.ui.jobs.slices import Slices
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.pages.order import import_pages, page_class
from wizard.ui.session import Session

_BY_ID = {page.id: page for page in PAGES}


class PageStack(QStackedWidget):
    """Shows one page; `prepare` is called with each as it is built.

    The one that follows is built ahead, once the one before it is painted: to build
    and to show it in one event would take too long for who types on.
    """

    moved = Signal()  # another page is shown, or the same one anew
    imported = Signal()  # the code of all pages is there

    def __init__(self, session: Session, prepare: Callable[[WizardPage], None]) -> None:
        super().__init__()
        self._session, self._prepare = session, prepare
        self._built: dict[str, WizardPage] = {}
        self._path: list[str] = []
        self._has_code = False  # of all pages
        self._ahead = Slices(self)
        self._importer = Worker(self, lambda _done: self._got_code())
        session.begun.connect(self._import_rest)

    def _import_rest(self) -> None:
        """Have the code of later pages ready before somebody goes to them."""
        self._importer.start(lambda _report, stop: import_pages(stop=stop))

    def _got_code(self) -> None:
        self._has_code = True
        self.imported.emit()
        self._build_ahead()

    def _build_ahead(self) -> None:
        if self._has_code and self._path:  # the page that is shown is painted first
            self._ahead.start(self.update, self.build_following)

    @property
    def built(self) -> tuple[str, ...]:
        """The ids of the pages that are built, in the order in which they were."""
        return tuple(self._built)

    @property
    def path(self) -> tuple[str, ...]:
        """The ids of the pages from the first to the one that is shown."""
        return tuple(self._path)

    @property
    def shown(self) -> WizardPage:
        """The page that is shown."""
        page = self.currentWidget()
        assert isinstance(page, WizardPage)
        return page

    def page(self, page_id: str) -> WizardPage:
        """Give a page, built where it was not; KeyError where none has this id."""
        if page_id not in self._built:
            page = page_class(page_id)(_BY_ID[page_id], self._session)
            self._prepare(page)
            self._built[page_id] = page
            self.addWidget(page)
        return self._built[page_id]

    def build_following(self) -> None:
        """Build the page that follows the one that is shown, where it was not yet."""
        following = self.shown.following
        if following:
            self.page(following)

    def begin(self, page_id: str) -> None:
        """Show the first page of a journey; there is no way back from it."""
        self._path = []
        self.go_to(page_id)

    def go_to(self, *page_ids: str) -> None:
        """Go on to a page, past others that then lie before it."""
        self._path.extend(page_ids)
        self._show()

    def go_back(self, page_id: str = "") -> None:
        """Go back to a page on the path, else to the one before."""
        before = self._path[:-1]
        if not before:
            return
        at = before.index(page_id) if page_id in before else len(before) - 1
        self._path = before[: at + 1]
        self._show()

    def _show(self) -> None:
        self.setCurrentWidget(self.page(self._path[-1]))
        self.moved.emit()
        self._build_ahead()
