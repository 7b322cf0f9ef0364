"""The frame of every page, and what the window asks of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from agent.config.errors import Problem
from wizard.flow.model import Page
from wizard.flow.route import next_page
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.theme.icons import state_word
from wizard.ui.widgets.check_rows import spoken
from wizard.ui.widgets.field_box import FieldBox
from wizard.ui.widgets.labels import Heading, add, label


class WizardPage(QWidget):
    """Title, one sentence, content of at most 680 px that starts at the top."""

    state_changed = Signal()  # busy or problems are others; the window refreshes
    refused = Signal(str)  # Next was pressed and this, in words, keeps the journey here
    passed = Signal()  # what Next waited for has come; the journey goes on

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__()
        self.page, self.session = page, session
        self.field_boxes: dict[str, FieldBox] = {}
        self.title_label, self.why_label = Heading(larger=7), label(muted=True)
        self.why_label.setMaximumWidth(palette.CONTENT)
        self.content = QWidget()
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, palette.TIGHT, palette.TIGHT)
        self.body.setSpacing(palette.GROUP)
        self._name(page)
        self._frame()

    def _frame(self) -> None:
        self.content.setMaximumWidth(palette.CONTENT + palette.TIGHT)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(self.content)
        place = QVBoxLayout(self)
        place.setContentsMargins(
            palette.FRAME, palette.FRAME, palette.FRAME, palette.TIGHT
        )
        place.setSpacing(0)
        place.addWidget(self.title_label)
        place.addSpacing(6)
        place.addWidget(self.why_label)
        place.addSpacing(20)
        place.addWidget(self.area, 1)

    @property
    def busy(self) -> bool:
        """Whether something is under way that Next waits for."""
        return False

    @property
    def changing_machine(self) -> bool:
        """Whether changes are being made; leaving asks to stop them first."""
        return False

    @property
    def can_stop(self) -> bool:
        """Whether changes that are being made can still be stopped."""
        return self.changing_machine

    @property
    def can_go_on(self) -> bool:
        """Whether Next is enabled."""
        return not self.busy

    @property
    def asks_to_leave(self) -> bool:
        """Whether leaving the wizard here would lose answers."""
        return not self.ends

    @property
    def can_go_back(self) -> bool:
        """Whether Back is enabled where there is a page before."""
        return not self.busy

    @property
    def next_text(self) -> str:
        """What the button that goes on is named."""
        return say(self.page.act) if self.page.act else tr("&Next")

    @property
    def destroys(self) -> bool:
        """Whether the button that goes on begins what can't be taken back."""
        return False

    @property
    def answers(self) -> Mapping[str, Any]:
        """What is answered on this page, by path."""
        return {}

    def problems(self) -> tuple[Problem, ...]:
        """Give what is wrong with the answers of this page."""
        return ()

    def set_answers(self, values: Mapping[str, Any]) -> None:
        """Answer through the widgets; KeyError for a path that is not asked here."""
        for path, value in values.items():
            if path not in self.field_boxes:
                raise KeyError(f"page {self.page.id} does not ask {path}")
            self.field_boxes[path].set_value(value)
            self.field_boxes[path].changed.emit()

    def word(self, page: Page) -> None:
        """Take the words that this page has in the journey as it is now."""
        if page != self.page:
            self._name(page)

    def _name(self, page: Page) -> None:
        self.page = page
        self.title_label.setText(say(page.title))
        self.why_label.setText(say(page.why))
        self.setAccessibleName(say(page.title))

    def add(self, *parts: QWidget | QLayout) -> None:
        """Put parts on the page, one below the other."""
        add(self.body, *parts)

    def arrange(self) -> None:
        """Redraw what depends on the answers; those of another page too."""

    def entered(self) -> None:
        """Begin what this page does when it is shown."""

    def left(self) -> None:
        """Give up what this page does: another one is shown."""

    def go_on(self) -> None:
        """Go on by itself: what Next waited for has succeeded."""
        if self.isVisibleTo(self.window()):
            self.passed.emit()

    def bring(self, widget: QWidget) -> None:
        """Scroll to a part of the page, once it has the place it needs."""
        QTimer.singleShot(0, widget, lambda: self._scroll_to(widget))

    def _scroll_to(self, widget: QWidget) -> None:
        for _ in range(3):  # a part that grew asks its parents for place, one by one
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self.area.ensureWidgetVisible(widget, 0, palette.FRAME)

    def refuse(self, why: str, words: str = "") -> None:
        """Stay here, and say so; `words` say it where `why` names no field."""
        announce(self, words or why, urgent=True)
        self.refused.emit(why)
        self.state_changed.emit()

    def refuse_checks(self, checks: Sequence[Check]) -> None:
        """Stay here, for what came back of checks."""
        words = " ".join(spoken(check, state_word(check.state)) for check in checks)
        self.refuse("; ".join(f"{c.title}: {c.detail}" for c in checks), words)

    def try_next(self) -> bool:
        """Hear that Next was pressed; tell whether the journey goes on at once."""
        return True

    def stop(self) -> None:
        """Stop the changes that are being made; what was done is taken back."""

    @property
    def following(self) -> str | None:
        """The id of the page that Next leads to; None where the journey ends here."""
        return next_page(self.session.answers, self.page.id)

    @property
    def ends(self) -> bool:
        """Whether the journey ends here: the button that goes on closes."""
        return self.following is None
