"""Sign in to your portal: its address, then a code to approve, then it is done.

It waits as long as the portal does; each way out is a button.
"""

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from agent.config.errors import explain
from agent.config.settings import Relay, Settings
from wire.failure import sentence
from wire.text import Text, listed
from wizard.errors import reason
from wizard.flow.validation import NEEDED
from wizard.preferences import PORTAL, prefer, preferred
from wizard.results import PortalAsked, SignedIn
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.portal_sign_in import PortalSignInJob
from wizard.ui.jobs.worker import Worker
from wizard.ui.pages.sign_in_steps import SignInSteps
from wizard.ui.theme import palette
from wizard.ui.widgets.field_box import ProblemLine
from wizard.ui.widgets.labels import Heading, button, column, label, row

_ROOM = 0.9  # of the screen
_TYPE_IT = Text("Type it as https://portal.contoso.com.")


class SignInDialog(QDialog):
    """Has a portal give the enrolment code."""

    given = Signal(object)  # SignedIn
    typing_wanted = Signal()  # a code is to be typed instead

    def __init__(
        self, parent: QWidget, job: PortalSignInJob, way: Relay | None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Sign in to your portal"))
        self._job, self._way, self._beside = job, way, parent.window()
        self.worker = Worker(self, self._given, self._failed, self._told)
        self.address = QLineEdit(preferred(PORTAL))
        self.problem = ProblemLine()
        self.asking, self.waiting = self._ask_address(), SignInSteps()
        self.failure = ProblemLine()
        self.go_on = button(tr("Co&ntinue"), self.begin)
        self.other = button(tr("&Type a code instead"), self._type_instead)
        self.stop = button(tr("&Cancel"), self.reject)
        self._build()
        self._show(self.asking)

    def _ask_address(self) -> QWidget:
        name = tr("Address of your portal")
        title = QLabel(name)
        title.setBuddy(self.address)
        self.address.setAccessibleName(name)
        self.address.setPlaceholderText("https://portal.contoso.com")
        self.address.setMinimumWidth(280)
        self.address.returnPressed.connect(self.begin)
        asking = QWidget()
        intro = tr(
            "Your portal gives relay and enrolment code by itself, once an "
            "administrator of it has let this agent in."
        )
        column(asking, label(intro), title, self.address, self.problem)
        return asking

    def _build(self) -> None:
        inner = QWidget()
        self.heading = Heading(tr("Sign in to your portal"), larger=3)
        place = column(inner, spacing=palette.GROUP)
        for part in (self.heading, self.asking, self.waiting, self.failure):
            place.addWidget(part)
        place.addStretch(1)
        place.setContentsMargins(0, 0, palette.TIGHT, 0)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inner)
        area.setAccessibleName(self.windowTitle())
        self.area, self._inner = area, inner
        buttons = row(self.other, self.go_on, self.stop)
        buttons.insertStretch(1, 1)
        buttons.takeAt(buttons.count() - 1)
        whole = QVBoxLayout(self)
        sides = (palette.FRAME, palette.FRAME, palette.FRAME, palette.GROUP)
        whole.setContentsMargins(*sides)
        whole.setSpacing(palette.GROUP)
        whole.addWidget(area, 1)
        whole.addLayout(buttons)
        self.go_on.setDefault(True)

    def _show(self, part: QWidget) -> None:
        """Show one part, with the buttons that it has."""
        for each in (self.asking, self.waiting, self.failure):
            each.setVisible(each is part)
        self.go_on.setVisible(part is not self.waiting)
        failed = part is self.failure
        self.go_on.setText(tr("T&ry again") if failed else tr("Co&ntinue"))
        self._fit(part)

    def _fit(self, part: QWidget) -> None:
        """Be as large as the part needs, within the screen and beside the window."""
        wide = 700 if part is self.waiting else 520
        high = 520 if part is self.waiting else 280
        room = self.screen().availableGeometry().size() * _ROOM
        window = self._beside.size()
        width = min(wide, room.width(), max(window.width(), 400))
        self.resize(width, min(high, room.height(), max(window.height(), 300)))

    def begin(self) -> None:
        """Ask the portal of the address, or say what is wrong with it."""
        typed = self.address.text().strip()
        bare = typed if "://" in typed else f"https://{typed}"
        more = {"ca": self._way.ca, "proxy": self._way.proxy} if self._way else {}
        try:
            portal = Relay.model_validate({"url": bare, **more})
        except ValidationError as error:
            rule = _rule_of(error) if typed else NEEDED
            words = say(listed((sentence(rule), _TYPE_IT), " "))
            self._show(self.asking)
            self.problem.tell(words)
            self.address.setAccessibleDescription(words)
            self.address.setFocus()
            announce(self, words, urgent=True)
            return
        self.problem.tell("")
        self.address.setAccessibleDescription("")
        prefer(PORTAL, portal.url)
        self.waiting.ask(portal.url)
        self._show(self.waiting)
        self.stop.setFocus()
        self.worker.start(self._job.of(portal))

    def _told(self, asked: PortalAsked) -> None:
        self.waiting.tell(asked)
        self._fit(self.waiting)
        if asked.trouble:
            return
        self.waiting.browser.setFocus()
        letters = " ".join(asked.user_code)
        words = tr("Waiting for approval. The code is {letters}.", letters=letters)
        announce(self, words)

    def _given(self, given: SignedIn | None) -> None:
        if given is not None:
            self.given.emit(given)
            super().accept()

    def _failed(self, error: Exception) -> None:
        words = say(reason(error))
        self.failure.tell(words)
        self._show(self.failure)
        self.go_on.setFocus()
        announce(self, words, urgent=True)

    def _type_instead(self) -> None:
        self.reject()
        self.typing_wanted.emit()

    def done(self, result: int) -> None:
        """End the waiting with the dialog."""
        self.worker.drop()
        super().done(result)


def _rule_of(error: ValidationError) -> Text:
    """Say which rule the address breaks, and what it is as it was read."""
    return explain(error, Settings, ("relay",))[0].message
