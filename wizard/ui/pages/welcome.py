"""Welcome: what will be set up and what is needed; answers that are there already."""

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from agent.config.settings import Settings
from wire.text import Text
from wizard.flow.conversion import answers_of
from wizard.flow.defaults import Offer, Offers
from wizard.flow.kept_answers import LeftWizard
from wizard.flow.model import Page
from wizard.flow.pages.order import PAGES
from wizard.flow.route import route
from wizard.flow.validation import problems_of
from wizard.ui.formatting import tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.page import WizardPage
from wizard.ui.personal.own_choices import OwnChoices
from wizard.ui.review.plan_view import point
from wizard.ui.session import Session
from wizard.ui.start.about_row import AboutRow
from wizard.ui.start.left_panel import LeftPanel
from wizard.ui.start.settings_file_panel import SettingsFilePanel
from wizard.ui.widgets.labels import heading

_SETS_UP = (
    (
        "server",
        Text("An agent on this server"),
        Text("Keeps one outbound connection on port 443. No inbound port is opened."),
    ),
    (
        "key-round",
        Text("An account in your directory"),
        Text("With the permissions it needs, on the containers you choose."),
    ),
    (
        "cloud",
        Text("A link to your portal"),
        Text(
            "Requests are signed by the portal and sealed: the relay can't read them."
        ),
    ),
)
_NEEDS = (
    Text("The enrolment link from your cloud portal, or its code and your relay."),
    Text("A domain administrator's name and password: used once, not stored."),
)


class WelcomePage(WizardPage):
    """The first page of an installation."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.left_wizard: LeftWizard | None = None
        self._reader = Worker(self, self._offer)
        self.left_panel, self.file = LeftPanel(), SettingsFilePanel()
        self.about, self.own = AboutRow(), OwnChoices()
        self.add(self.left_panel)
        self.add(heading(tr("What is set up")), *(point(*each) for each in _SETS_UP))
        needed = heading(tr("What you need"), above=8)
        self.add(needed, *(point("check", "", text) for text in _NEEDS))
        self.add(self.file)
        self.body.addStretch(1)
        self.add(self.about, self.own)
        self._connect()

    def _connect(self) -> None:
        self.setAcceptDrops(True)
        self.left_panel.resumed.connect(self.resume)
        self.left_panel.dropped.connect(self.begin_anew)
        self.file.taken.connect(self._take)
        self.file.answered.connect(lambda: self.bring(self.file.check_rows))

    @property
    def asks_first(self) -> bool:
        return False  # nothing here is a question that one must answer

    def entered(self) -> None:
        kept = self.session.kept
        if kept is not None:
            self._reader.start(lambda _report, _stop: kept.read())

    def _offer(self, left: LeftWizard | None) -> None:
        self.left_wizard = left
        shown = next((page for page in PAGES if left and page.id == left.page), None)
        self.left_panel.setVisible(False)
        if left and shown:
            self.left_panel.show_left(left, shown)

    def begin_anew(self) -> None:
        """Delete what was kept."""
        if self.session.kept:
            self.session.kept.forget()
        self.left_panel.hide()

    def resume(self) -> None:
        """Go on with the answers that were kept, at the first page that lacks one."""
        left = self.left_wizard
        if left is None:
            return
        self.session.put(left.values)
        self.left_panel.hide()
        self.leads.emit(self._way_to(left.page))

    def _way_to(self, last: str) -> list[str]:
        """Give the pages up to one, or to one before it with something to answer."""
        way = []
        for page in route(self.session.answers)[1:]:
            way.append(page.id)
            if page.id == last or problems_of(page, self.session.answers):
                break
        return way

    def _take(self, name: str, settings: Settings) -> None:
        answers, source = answers_of(settings), Text("from {file}", file=name)
        offers = tuple(Offer(path, value, source) for path, value in answers.items())
        self.session.offers = Offers(offers).and_also(self.session.offers)
        # it answers what Express would not ask
        self.session.put({**answers, "mode": "custom"})

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = (url.toLocalFile() for url in event.mimeData().urls())
        path = next(filter(None, paths), "")
        if path:
            event.acceptProposedAction()
            self.file.read(path)
