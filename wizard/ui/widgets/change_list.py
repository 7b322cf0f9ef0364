"""Changes as they are made: each with its state as icon and word, and its time."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wire.text import Text
from wizard.ui.announce import announce
from wizard.ui.formatting import duration, say, tr
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.labels import add, column, empty, label

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


class ChangeRow(QWidget):
    """One change on its way."""

    accessible_role = QAccessible.Role.ListItem

    def __init__(self, summary: str) -> None:
        super().__init__()
        self.summary, self.state = summary, "waiting"
        self._clock = QElapsedTimer()
        self._mark = Mark("circle", "muted")
        self._word = label(muted=True, wrap=False)
        self._word.setMinimumWidth(90)
        self._time = label(muted=True, wrap=False)
        self._time.setMinimumWidth(52)
        self._time.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.detail = label(muted=True)
        self.detail.setContentsMargins(24, 0, 0, 0)
        self.detail.hide()
        column(self, self._line(), self.detail, spacing=2)
        self.turn("waiting")

    def _line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._mark, 0, top)
        line.addWidget(label(self.summary), 1, top)
        line.addWidget(self._word, 0, top)
        line.addWidget(self._time, 0, top)
        return line

    def turn(self, state: str, detail: str = "") -> None:
        """Show another state; the time is that of the change alone."""
        name, ink, word = _STATES[state]
        if state == "doing":
            self._clock.start()
        elif state == "done" and self._clock.isValid():
            self._time.setText(duration(self._clock.elapsed()))
        self.state = state
        self._mark.turn(name, ink)
        self._word.setText(say(word))
        self.detail.setText(say(detail))
        self.detail.setVisible(bool(detail))
        spoken = tr("{change}: {state}.", change=self.summary, state=word)
        self.setAccessibleName(f"{spoken} {say(detail)}".strip())


class ChangeList(QWidget):
    """All changes of a plan."""

    accessible_role = QAccessible.Role.List

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ChangeRow] = []
        self._place = column(self, spacing=10)
        self.setAccessibleName(tr("Changes"))

    def show_summaries(self, summaries: Sequence[str]) -> None:
        """List the changes, none of them begun."""
        empty(self._place)
        self.rows = [ChangeRow(summary) for summary in summaries]
        add(self._place, *self.rows)

    def take(self, progress: Any) -> None:
        """Show what was reported of one change (`plan.Progress`)."""
        row = self._row_of(progress)
        if row:
            # why it failed stands above the list, with what to do
            shown = progress.state in ("stuck", "done")
            row.turn(progress.state, progress.detail if shown else "")
            if progress.state in _ANNOUNCED:
                urgent = progress.state == "stuck"
                announce(self, row.accessibleName(), urgent=urgent)

    def _row_of(self, progress: Any) -> ChangeRow | None:
        """Find a change's row; the rest of a plan has not the plan's numbers."""
        summary = progress.change.summary
        here = self.rows[progress.index : progress.index + 1]
        matching = [row for row in (*here, *self.rows) if row.summary == summary]
        return matching[0] if matching else None

    @property
    def share(self) -> int:
        """How much is done, in percent."""
        done = sum(row.state == "done" for row in self.rows)
        return round(100 * done / max(1, len(self.rows)))
