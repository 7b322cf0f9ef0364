"""The frame of every page, and what the window asks of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from wizard.flow.model import Page
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.frame.notice import Notice
from wizard.ui.jobs.slices import Slices
from wizard.ui.jobs.stoppable import Stoppable
from wizard.ui.session import Session
from wizard.ui.theme import palette
from wizard.ui.theme.icons import state_word
from wizard.ui.widgets.check_rows import spoken
from wizard.ui.widgets.labels import Heading, add, label

if TYPE_CHECKING:
    from agent.config.errors import Problem
    from wizard.results import Check
    from wizard.ui.widgets.field_box import FieldBox

_BELOW = 20  # pixels between the sentence and the content
_MOST_WIDE = 1280  # pixels of a page that is a long table


class WizardPage(QWidget):
    """Title, one sentence, content of at most 680 px that starts at the top."""

    # busy, problems or the notice are others; the window refreshes
    state_changed = Signal()
    # the ids of pages: they are passed over, but for the last, which is shown
    leads = Signal(list)
    refused = Signal(str)  # Next was pressed and this, in words, keeps the journey here
    # another page is to be shown, with the field that is to be answered anew, or none
    page_wanted = Signal(str, str)
    code_wanted = Signal(str)  # what the guide says of this code of an answer
    help_wanted = Signal()  # what the guide says of this page
    near = Signal()  # the journey goes on next; the page that follows can be built
    soon = Signal(str)  # the id of a page that is shown next; it can be built
    passed = Signal()  # what Next waited for has come; the journey goes on
    applied = Signal()  # all changes of the plan are made
    wanted = Signal(str)  # the id of a page before, to change what it decides

    def __init__(self, page: Page, session: Session) -> None:
        super().__init__()
        self.page, self.session = page, session
        self.field_boxes: dict[str, FieldBox] = {}
        self.title_label, self.why_label = Heading(larger=7), label(muted=True)
        self.why_label.setMaximumWidth(palette.content_width())
        self.content = QWidget()
        self._passing = Slices(self)
        self.body = QVBoxLayout(self.content)
        self.body.setContentsMargins(0, 0, palette.TIGHT, palette.TIGHT)
        self.body.setSpacing(palette.GROUP)
        self._name(page)
        self._frame()

    def _frame(self) -> None:
        self.content.setMaximumWidth(palette.content_width() + palette.TIGHT)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.content)
        self.header = QWidget()
        self._words = words = QVBoxLayout(self.header)
        words.setContentsMargins(0, 0, 0, _BELOW)
        words.setSpacing(6)
        words.addWidget(self.title_label)
        words.addWidget(self.why_label)
        place = QVBoxLayout(self)
        place.setContentsMargins(palette.FRAME, palette.FRAME, palette.FRAME, 0)
        place.setSpacing(0)
        place.addWidget(self.header)
        place.addWidget(self.area, 1)
        self._place = place

    def fill_width(self) -> None:
        """Take the width of the window: a long table is what the page is for."""
        self.content.setMaximumWidth(_MOST_WIDE)

    def scroll_header(self, *, scrolled: bool) -> None:
        """Have title and sentence scroll with the content, as a low window needs."""
        if scrolled == (self.header.parentWidget() is self.content):
            return
        side = palette.FRAME
        self._words.setContentsMargins(0, 0, 0, 0 if scrolled else _BELOW)
        self._place.setContentsMargins(side, 12 if scrolled else side, side, 0)
        if scrolled:
            self.body.insertWidget(0, self.header)
        else:
            self._place.insertWidget(0, self.header)

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
    def notice(self) -> Notice | None:
        """What stands in the bar above the footer: why Next waits, what to do next."""
        return None

    @property
    def next_text(self) -> str:
        """What the button that goes on is named."""
        return say(self.page.act) if self.page.act else tr("&Next")

    @property
    def enter_goes_on(self) -> bool:
        """Whether Enter in a field presses the button that goes on.

        Never where that closes the wizard or changes the machine.
        """
        return not self.ends and not self.page.act

    @property
    def asks_first(self) -> bool:
        """Whether the keyboard begins in the first field; else on what goes on."""
        return True

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
        """Go on by itself: what Next waited for has succeeded.

        Each is an event of its own: what came back is shown, the page that follows is
        built, and it is gone to, so that keys are heard between them.
        """
        self._passing.start(self.update, self.near.emit, self.pass_on)

    def pass_on(self) -> None:
        """Go on, where this page is still the one that is shown."""
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

    def stop_running(self) -> bool:
        """Stop what only looks, such as a check; False where nothing of it runs."""
        for part in self.findChildren(QWidget):
            if isinstance(part, Stoppable) and part.busy:
                part.stop_looking()
                return True
        return False

    def focus_field(self, path: str) -> None:
        """Go to a field of this page, where it has it."""
        field_box = self.field_boxes.get(path)
        if field_box:
            field_box.focus()
            self.bring(field_box)

    def stop(self) -> None:
        """Stop the changes that are being made; what was done is taken back."""

    @property
    def following(self) -> str | None:
        """The id of the page that Next leads to; None where the journey ends here."""
        return self.session.following(self.page.id)

    @property
    def ends(self) -> bool:
        """Whether the journey ends here: the button that goes on closes."""
        return self.following is None
