"""A plan in words: grouped by what is created, changed, removed and kept."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wire.text import Text
from wizard.plan.change import Change
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.labels import column, empty, heading, label, row, stack

_GROUPS = (
    ("created", Text("Will be created")),
    ("changed", Text("Will be changed")),
    ("removed", Text("Will be removed")),
    ("gone", Text("Will be removed for good")),
)
_MARKS = {
    "created": ("circle-plus", "ok"),
    "changed": ("pencil", "accent"),
    "removed": ("circle-minus", "warning"),
    "gone": ("circle-x", "failed"),
    "kept": ("check", "muted"),
}


class PlanView(QWidget):
    """Everything that will be done, and what stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._place = column(self, spacing=16)

    def clear(self) -> None:
        """Show nothing, and take no place."""
        self.hide()
        empty(self._place)

    def show_plan(
        self, changes: Sequence[Change], kept: Sequence[str], nothing: str
    ) -> None:
        """Show a plan and what stays; `nothing` is said where nothing is to be done."""
        self.clear()
        if not changes and nothing:
            self._place.addWidget(line("circle-check", "ok", nothing))
        for group, title in _GROUPS:
            lines = [c.summary for c in changes if c.group == group]
            if lines:
                self._place.addWidget(_drawn(title, lines, group))
        self.show()
        if kept:
            self._place.addWidget(_drawn(Text("Will be kept"), kept, "kept"))


def _drawn(title: Text, lines: Sequence[str], group: str) -> QWidget:
    count = tr("{title} ({count})", title=title, count=len(lines))
    parts: list[QWidget] = [heading(count)]
    if group == "gone":
        warning = tr(
            "These can't be rolled back. From the first of them on it can't be "
            "stopped; what is cut off, by a power cut too, is finished later."
        )
        parts.append(line("triangle-alert", "warning", warning))
    return stack(*parts, *(line(*_MARKS[group], text) for text in lines), spacing=6)


def line(name: str, ink: str, text: str) -> QWidget:
    """Make one line: its mark and its words, which can be copied."""
    holder = QWidget()
    mark, text_label = Mark(name, ink), label(text)
    text_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    place = row(mark, text_label, grows=1)
    place.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    holder.setLayout(place)
    holder.setAccessibleName(say(text))
    return holder


def point(name: str, title: str, text: str) -> QWidget:
    """Make one point of a page: its icon, its title if any, what it means."""
    above = (label(title),) if title else ()
    holder, words = QWidget(), stack(*above, label(text, muted=bool(title)), spacing=2)
    place = QHBoxLayout(holder)
    place.setContentsMargins(0, 0, 0, 0)
    place.setSpacing(12)
    size = 20 if title else palette.ICON
    mark = Mark(name, "accent" if title else "muted", size)
    place.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    place.addWidget(words, 1)
    if not title:
        place.setContentsMargins(2, 0, 0, 0)
        place.setSpacing(14)
    return holder
