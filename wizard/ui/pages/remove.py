"""What goes with a removal before it is planned, and what went after it is done."""

from PySide6.QtWidgets import QWidget

from wizard.flow.conditions import new_account
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Page
from wizard.ui.form import Form
from wizard.ui.formatting import tr
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.labels import column, heading
from wizard.ui.widgets.plan_view import line, point
from wizard.ui.widgets.portal_details import PortalDetailsPanel

_GOES = (
    (
        "server",
        "The agent and its service",
        "It answers what is under way first. Its settings and what it wrote go too.",
    ),
    (
        "key-round",
        "Its keys, passwords and enrolment",
        "These can't be given back: setting up again needs a new enrolment code.",
    ),
)


class RemovePage(Form):
    """Says what goes, and asks whether the directory's side goes with it."""

    def build(self) -> None:
        self.body.addWidget(heading(tr("On this server")))
        for name, title, text in _GOES:
            self.body.addWidget(point(name, tr(title), tr(text)))
        below = heading(tr("In Active Directory"))
        below.setContentsMargins(0, 8, 0, 0)
        self.body.addWidget(below)
        super().build()


class RemovedPage(WizardPage):
    """The last page of a removal: what went, and what others must forget."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.lines = QWidget()
        self._place = column(self.lines, 6)
        self.body.addWidget(self.lines)
        self.panel = forgetting()
        self.body.addWidget(self.panel)
        self.stays = QWidget()
        self._stays_place = column(self.stays, 6)
        self._stays_place.addWidget(heading(tr("What stays")))
        self.body.addWidget(self.stays)
        self.body.addStretch(1)

    @property
    def can_go_back(self) -> bool:
        return False

    def entered(self) -> None:
        gone = self.session.gone
        if gone is None:
            return
        count = tr("Removed ({count})").format(count=len(gone.lines))
        self._place.addWidget(heading(count))
        for text, detail in gone.lines:
            self._place.addWidget(line("circle-check", "ok", text))
            if detail:
                self._place.addWidget(_note(detail))
        if gone.known:
            self.panel.show_details(gone.known)
        for text in kept(self.session):
            self._stays_place.addWidget(line("check", "muted", text))


def forgetting() -> PortalDetailsPanel:
    """Make the panel of what the portal's side knows of an agent that is gone."""
    note = tr("It still knows this agent by these; nothing answers there any more.")
    return PortalDetailsPanel(tr("What your portal must forget"), note)


def _note(text: str) -> QWidget:
    """Make what came back of a change, below it."""
    widget = line("triangle-alert", "warning", text)
    widget.setContentsMargins(24, 0, 0, 0)
    return widget


def kept(session: Session) -> tuple[str, ...]:
    """Say what a removal leaves, in words."""
    program = tr("The program; your package manager removes its packages.")
    answers = session.answers
    name = answers.text("directory.account.name")
    if inputs_of(answers).keep_account:
        text = tr("The account {name} and its permissions in Active Directory.")
    elif not new_account(answers):
        text = tr("The account {name}, which was there before.")
    else:
        return (program,)
    return (program, text.format(name=name))
