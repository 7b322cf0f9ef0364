"""Welcome: what will be set up, and what is needed for it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.questions import Page
from wizard.ui import look
from wizard.ui.icons import Mark
from wizard.ui.journey import Journey
from wizard.ui.labels import column, heading, label
from wizard.ui.page import WizardPage
from wizard.ui.words import tr

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

    def __init__(self, page: Page, journey: Journey) -> None:
        super().__init__(page, journey)
        self.body.addWidget(heading(tr("What is set up")))
        for name, title, text in _SETS_UP:
            self.body.addWidget(_item(name, tr(title), tr(text)))
        needed = heading(tr("What you need"))
        needed.setContentsMargins(0, 8, 0, 0)
        self.body.addWidget(needed)
        for text in _NEEDS:
            self.body.addWidget(_item("check", "", tr(text)))
        self.body.addStretch(1)


def _item(name: str, title: str, text: str) -> QWidget:
    holder, words = QWidget(), QWidget()
    lines = column(words, 2)
    if title:
        lines.addWidget(label(title))
    lines.addWidget(label(text, muted=bool(title)))
    place = QHBoxLayout(holder)
    place.setContentsMargins(0, 0, 0, 0)
    place.setSpacing(12)
    size = 20 if title else look.ICON
    mark = Mark(name, "accent" if title else "muted", size)
    place.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    place.addWidget(words, 1)
    if not title:
        place.setContentsMargins(2, 0, 0, 0)
        place.setSpacing(14)
    return holder
