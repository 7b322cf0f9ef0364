"""Welcome: what will be set up, and what is needed for it."""

from wire.text import Text
from wizard.flow.model import Page
from wizard.ui.formatting import tr
from wizard.ui.page import WizardPage
from wizard.ui.review.plan_view import point
from wizard.ui.session import Session
from wizard.ui.widgets.labels import heading
from wizard.ui.widgets.language_choice import LanguageChoice

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
    Text("The enrolment code from your cloud portal."),
    Text("A domain administrator's name and password: used once, not stored."),
    Text("The address of your relay."),
)


class WelcomePage(WizardPage):
    """The first page of an installation."""

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__(page, session)
        self.add(heading(tr("What is set up")), *(point(*each) for each in _SETS_UP))
        needed = heading(tr("What you need"), above=8)
        self.add(needed, *(point("check", "", text) for text in _NEEDS))
        self.body.addStretch(1)
        self.add(LanguageChoice())

    @property
    def asks_first(self) -> bool:
        return False  # the language is no question that one must answer
