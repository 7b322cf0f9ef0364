"""What goes with a removal before it is planned, and what went after it is done."""

import sys

from PySide6.QtWidgets import QWidget

from wire.text import Text
from wizard.flow.conditions import new_account
from wizard.flow.conversion import inputs_of
from wizard.flow.model import Page
from wizard.ui.complete.portal_details import PortalDetailsPanel
from wizard.ui.form import Form
from wizard.ui.formatting import tr
from wizard.ui.page import WizardPage
from wizard.ui.review.plan_view import line, point
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import add, column, heading

_GOES = (
    (
        "server",
        Text("The agent and its service"),
        Text("It answers what is under way first. Its settings go too."),
    ),
    (
        "key-round",
        Text("Its keys, passwords and enrolment"),
        Text(
            "These can't be rolled back: setting up again needs a new enrolment code."
        ),
    ),
)


class RemovePage(Form):
    """Says what goes, and asks whether the directory's side goes with it."""

    def build(self) -> None:
        self.add(heading(tr("On this server")), *(point(*each) for each in _GOES))
        super().build()


class RemovedPage(WizardPage):
    """The last page of a removal: what went, and what others must forget."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.lines, self.stays = QWidget(), QWidget()
        self._gone_place = column(self.lines, spacing=6)
        self._stays_place = column(self.stays, heading(tr("What stays")), spacing=6)
        self.panel = forgetting()
        self.add(self.lines, self.panel, self.stays)
        self.body.addStretch(1)

    @property
    def can_go_back(self) -> bool:
        return False

    def entered(self) -> None:
        gone = self.session.gone
        if gone is None:
            return
        count = tr("Removed ({count})", count=len(gone.lines))
        self._gone_place.addWidget(heading(count))
        for text, detail in gone.lines:
            self._gone_place.addWidget(line("circle-check", "ok", text))
            if detail:
                self._gone_place.addWidget(_note(detail))
        if gone.known:
            self.panel.show_details(gone.known)
        stays = (line("check", "muted", text) for text in kept(self.session))
        add(self._stays_place, *stays)


def forgetting() -> PortalDetailsPanel:
    """Make the panel of what the portal's side knows of an agent that is gone."""
    note = tr("It still knows this agent by these; nothing answers there any more.")
    return PortalDetailsPanel(tr("What your portal must forget"), note)


def _note(text: str) -> QWidget:
    """Make what came back of a change, below it."""
    widget = line("triangle-alert", "warning", text)
    widget.setContentsMargins(palette.indent(), 0, 0, 0)
    return widget


# in folders and programs of each system; the other ones are as Linux
STAYS = {
    "linux": (
        Text("The program; your package manager removes its packages."),
        Text("The audit records, in /var/log/writeback."),
    ),
    "win32": (
        Text("The program; Installed apps of Windows removes it, or msiexec /x."),
        Text("The audit records, in {folder}.", folder=r"%ProgramData%\Writeback\log"),
    ),
}


def kept(session: Session) -> tuple[Text, ...]:
    """Say what a removal leaves, beyond this machine as the plan found it."""
    program, audit = STAYS.get(sys.platform, STAYS["linux"])
    here = (program,) if inputs_of(session.answers).delete_audit else (program, audit)
    found = session.plan.stays if session.plan is not None else ()
    return tuple(dict.fromkeys((*here, *_account(session), *found)))


def _account(session: Session) -> tuple[Text, ...]:
    """Say of the account what the answers alone tell."""
    answers = session.answers
    name = answers.text("directory.account.name")
    if inputs_of(answers).keep_account:
        return (
            Text(
                "The account {name} and its permissions in Active Directory.", name=name
            ),
        )
    if not new_account(answers):
        return (Text("The account {name}, which was there before.", name=name),)
    return ()
