"""Changes as they are made: each with its state as icon and word, and its time.

Of a plan of thousands some are drawn: what needs a look, and those being made. The
others are summed up by their states.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wire.text import Text, listed
from wizard.ui.announce import announce
from wizard.ui.formatting import duration, say, tr
from wizard.ui.jobs.slices import Slices
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.labels import add, column, label
from wizard.ui.widgets.laid_once import laid_once

_STATES = {
    "waiting": ("circle", "muted", Text("Waiting")),
    "to do": ("circle", "warning", Text("Still to do")),
    "begun": ("circle-dot", "warning", Text("Begun")),
    "doing": ("loader-circle", "accent", Text("Doing")),
    "done": ("circle-check", "ok", Text("Done")),
    "failed": ("circle-x", "failed", Text("Failed")),
    "undoing": ("undo-2", "warning", Text("Rolling back")),
    "undone": ("undo-2", "warning", Text("Rolled back")),
    "stuck": ("triangle-alert", "failed", Text("Could not be rolled back")),
    "not done": ("circle-minus", "skipped", Text("Not done")),
}
_ANNOUNCED = ("done", "undone", "stuck")
_GRAVE = ("failed", "stuck")
MOST = 16  # changes that are drawn one by one
_AT_ONCE = 6  # rows that are made in one event; each takes a millisecond
_TOLD = 8  # of them, those that need a look
_BEFORE = 3  # changes that are drawn before the one being made
_TENTHS = 10  # of many changes, how often it is announced how far they are
_WORD, _TIME = 13, 7  # letters of a state and of a time, as they are most often
_OFTEN_MS = 100  # between two drawings of many changes


def word_of(state: str) -> Text:
    """Give the word of a change's state."""
    return _STATES[state][2]


class ListedChange:
    """One change on its way; `ms` is how long it took, once it is done."""

    __slots__ = ("_begun", "_turned", "detail", "ms", "state", "summary")

    def __init__(
        self,
        summary: str,
        turned: Callable[["ListedChange", str], None],
        state: str = "waiting",
    ) -> None:
        self.summary, self.state, self.detail = summary, state, ""
        self.ms: float | None = None
        self._begun: float | None = None  # by the monotonic clock, in seconds
        self._turned = turned

    @property
    def needs_look(self) -> bool:
        """Whether it failed, or something came back of it."""
        return self.state in _GRAVE or bool(self.detail)

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        word = word_of(self.state)
        said = tr("{change}: {state}.", change=self.summary, state=word)
        return f"{said} {say(self.detail)}".strip()

    def turn(self, state: str, detail: str = "") -> None:
        """Take another state; the time is that of the change alone."""
        if state == "doing":
            self._begun = time.monotonic()
        elif state == "done" and self._begun is not None:
            self.ms = (time.monotonic() - self._begun) * 1000
        before, self.state, self.detail = self.state, state, detail
        self._turned(self, before)


class ChangeRow(QWidget):
    """Draws one change."""

    accessible_role = QAccessible.Role.ListItem

    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark("circle", "muted")
        self._summary, self._word = label(), label(muted=True, wrap=False)
        self._time = label(muted=True, wrap=False)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.detail = label(muted=True)
        self.detail.setContentsMargins(palette.indent(), 0, 0, 0)
        self.detail.hide()
        column(self, self._line(), self.detail, spacing=2)

    def _line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._mark, 0, top)
        line.addWidget(self._summary, 1, top)
        line.addWidget(self._word, 0, top)
        line.addWidget(self._time, 0, top)
        return line

    @property
    def widths(self) -> tuple[int, int]:
        """How many pixels its state and its time take."""
        return self._word.sizeHint().width(), self._time.sizeHint().width()

    def line_up(self, word: int, time: int) -> None:
        """Give state and time the place of a column, in pixels."""
        self._word.setMinimumWidth(word)
        self._time.setMinimumWidth(time)

    def show_change(self, change: ListedChange) -> None:
        """Draw a change as it is now."""
        name, ink, word = _STATES[change.state]
        self._mark.turn(name, ink)
        self._summary.setText(say(change.summary))
        self._word.setText(say(word))
        self._time.setText("" if change.ms is None else duration(change.ms))
        self.detail.setText(say(change.detail))
        self.detail.setVisible(bool(change.detail))
        self.setAccessibleName(change.spoken)


class ChangeList(QWidget):
    """All changes of a plan."""

    accessible_role = QAccessible.Role.List

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ListedChange] = []
        self._made: list[ChangeRow] = []
        self._drawn: dict[ListedChange, ChangeRow] = {}
        self._at: dict[ListedChange, int] = {}
        self._counted: Counter[str] = Counter()
        self._named: dict[str, ListedChange] = {}
        self._here = 0  # the place of the change that turned last
        self._place = column(self, spacing=10)
        self.sums = label(muted=True)
        self.sums.hide()
        lines = QWidget()
        self._lines = column(lines, spacing=10)
        add(self._place, self.sums, lines)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_OFTEN_MS)
        self._later.timeout.connect(self._draw)
        self._rest = Slices(self)
        self.setAccessibleName(tr("Changes"))

    def show_summaries(self, summaries: Sequence[str], state: str = "waiting") -> None:
        """List the changes, all of them in one state: none is begun."""
        self.rows = [ListedChange(text, self._turned, state) for text in summaries]
        self._at = {row: at for at, row in enumerate(self.rows)}
        self._named = {str(row.summary): row for row in reversed(self.rows)}
        self._counted = Counter({state: len(self.rows)})
        self._here = 0
        self._draw()

    @property
    def _many(self) -> bool:
        return len(self.rows) > MOST

    def _turned(self, row: ListedChange, before: str) -> None:
        self._counted.update({before: -1, row.state: 1})
        self._here = self._at.get(row, 0)
        if self._many:
            if not self._later.isActive():
                self._later.start()
        elif row in self._drawn:
            self._drawn[row].show_change(row)
            self._line_up()

    def _line_up(self) -> None:
        """Have states and times stand below each other."""
        widths = [drawn.widths for drawn in self._drawn.values()]
        word, time = (max(column_, default=0) for column_ in zip(*widths, strict=True))
        advance = self.fontMetrics().averageCharWidth()
        for drawn in self._drawn.values():
            # room for those to come, so that the columns stay
            drawn.line_up(max(word, _WORD * advance), max(time, _TIME * advance))

    def _draw(self) -> None:
        """Draw what is to be drawn now, with the rows that are there already."""
        with laid_once(self._lines, self._place):
            self._draw_rows(self._chosen())

    def _draw_rows(self, shown: list[ListedChange]) -> None:
        self._make_rows(len(shown))
        for spare in self._made[len(shown) :]:
            spare.hide()
        self._drawn = dict(zip(shown, self._made, strict=False))
        for row, drawn in self._drawn.items():
            drawn.show_change(row)
            drawn.show()
        if self._drawn:
            self._line_up()
        self.sums.setText(self._sum_up(len(shown)) if self._many else "")
        self.sums.setVisible(self._many)

    def _make_rows(self, needed: int) -> None:
        """Make some of the rows that are missing; the others in events that follow."""
        missing = needed - len(self._made)
        for _ in range(min(missing, _AT_ONCE)):
            self._made.append(ChangeRow())
            add(self._lines, self._made[-1])
        if missing > _AT_ONCE:
            self._rest.start(self._draw)

    def _chosen(self) -> list[ListedChange]:
        """Choose what is drawn: what needs a look, and what is around here."""
        if not self._many:
            return self.rows
        told = [row for row in self.rows if row.needs_look][:_TOLD]
        room = MOST - len(told)
        first = min(max(0, self._here - _BEFORE), len(self.rows) - room)
        around = dict.fromkeys((*told, *self.rows[first : first + room]))
        return sorted(around, key=lambda row: self._at[row])

    def _sum_up(self, shown: int) -> str:
        sums = (
            Text("{state}: {count}", state=word_of(state), count=self._counted[state])
            for state in _STATES
            if self._counted[state]
        )
        return tr(
            "{sums}. {shown} of {total} are shown: what needs a look, and those being "
            "made.",
            sums=listed(sums, ", "),
            shown=shown,
            total=len(self.rows),
        )

    def take(self, progress: Any) -> None:
        """Show what was reported of one change (`plan.Progress`)."""
        row = self._row_of(progress)
        if row is None:
            return
        # why it failed stands above the list, with what to do
        shown = progress.state in ("stuck", "done")
        row.turn(progress.state, progress.detail if shown else "")
        if progress.state in _ANNOUNCED:
            self._announce(row)

    def _announce(self, row: ListedChange) -> None:
        """Say what became of a change; of many, how far they are now and then."""
        if not self._many or row.state == "stuck":
            announce(self, row.spoken, urgent=row.state == "stuck")
        elif (self._at[row] + 1) % (len(self.rows) // _TENTHS) == 0:
            at, total = self._at[row] + 1, len(self.rows)
            word = word_of(row.state)
            how_far = Text(
                "Change {index} of {total}: {state}.", index=at, total=total, state=word
            )
            announce(self, how_far)

    def _row_of(self, progress: Any) -> ListedChange | None:
        """Find a change's row; the rest of a plan has not the plan's numbers."""
        summary = progress.change.summary
        here = self.rows[progress.index : progress.index + 1]
        if here and here[0].summary == summary:
            return here[0]
        return self._named.get(str(summary))

    @property
    def share(self) -> int:
        """How much is done, in percent."""
        return round(100 * self._counted["done"] / max(1, len(self.rows)))
