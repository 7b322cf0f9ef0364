"""Welcome: what will be set up, and what is needed for it."""

from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.page import WizardPage
from wizard.ui.session import Session
from wizard.ui.widgets.labels import heading
from wizard.ui.widgets.plan_view import point

_SETS_UP = (
    (
        "server",
        "An agent on this server",
        "Keeps one outbound connection on port 443. No inbound port is opened.",
    ),
    (
        "key-round",
        "An account in your directory",
        "With the permissions it needs, on the containers you choose.",
    ),
    (
        "cloud",
        "A link to your portal",
        "Requests are signed by the portal and sealed: the relay can't read them.",
    ),
)
_NEEDS = (
    "The enrolment code from your cloud portal.",
    "A domain administrator's name and password: used once, not stored.",
    "The address of your relay.",
)


class WelcomePage(WizardPage):
    """The first page of an installation."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        points = (point(name, tr(title), tr(text)) for name, title, text in _SETS_UP)
        self.add(heading(tr("What is set up")), *points)
        needed = heading(tr("What you need"))
        needed.setContentsMargins(0, 8, 0, 0)
        self.add(needed, *(point("check", "", tr(text)) for text in _NEEDS))
        self.body.addStretch(1)
