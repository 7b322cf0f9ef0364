"""A plan in words: grouped by what is created, changed, removed and kept.

Each change opens to its entries and to what rolling it back does.
"""

from collections import defaultdict
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.plan.change import Change
from wizard.report.document import Item
from wizard.report.plan_report import GROUPS, change_item
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import Mark
from wizard.ui.widgets.disclosure import DisclosureButton
from wizard.ui.widgets.labels import (
    add,
    button,
    column,
    empty,
    heading,
    indented,
    label,
    row,
    stack,
)

_MARKS = {
    "created": ("circle-plus", "ok"),
    "changed": ("pencil", "accent"),
    "removed": ("circle-minus", "warning"),
    "gone": ("circle-x", "failed"),
    "kept": ("check", "muted"),
}
_AT_ONCE = 12  # changes of a group that are drawn; more on demand


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
        grouped: defaultdict[str, list[Change]] = defaultdict(list)
        for change in changes:
            grouped[change.group].append(change)
        for group, title in GROUPS.items():
            of_group = grouped[group]
            if of_group:
                self._place.addWidget(_Group(title(len(of_group)), of_group))
        if kept:
            whole = tr("Will be kept ({count})", count=len(kept))
            lines = (line(*_MARKS["kept"], text) for text in kept)
            self._place.addWidget(stack(heading(whole), *lines, spacing=6))
        self.show()  # last: what is put into what is hidden is laid out once


class _Group(QWidget):
    """Changes of one kind, the first of them drawn."""

    def __init__(self, title: str, changes: Sequence[Change]) -> None:
        super().__init__()
        self._rest = list(changes)
        self._place = column(self, heading(title), spacing=6)
        if changes[0].final:
            warning = tr(
                "These can't be rolled back. From the first of them on it can't be "
                "stopped; what is cut off, by a power cut too, is finished later."
            )
            self._place.addWidget(line("triangle-alert", "warning", warning))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        self.more = button("", self._draw_more)
        add(self._place, self._lines, row(self.more))
        self._draw_more()

    def _draw_more(self) -> None:
        drawn, self._rest = self._rest[:_AT_ONCE], self._rest[_AT_ONCE:]
        add(self._lines, *map(ChangeLine, drawn))
        self.more.setText(tr("Show {count} more", count=len(self._rest)))
        self.more.setVisible(bool(self._rest))


class ChangeLine(QWidget):
    """One change, and below it, once opened, its entries and its reversal."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change
        self.details: QWidget | None = None
        text = say(change.summary)
        self.opener = DisclosureButton(tr("Details"))
        self.opener.setAccessibleName(tr("Details: {change}", change=change.summary))
        self.opener.turned.connect(self._turned)
        summary = line(*_MARKS[change.group], change.summary)
        top = row(summary, self.opener, grows=0)
        top.takeAt(top.count() - 1)  # the button ends where the page does
        top.setAlignment(summary, Qt.AlignmentFlag.AlignVCenter)
        top.setAlignment(self.opener, Qt.AlignmentFlag.AlignTop)
        self._place = column(self, top, spacing=4)
        self.setAccessibleName(text)

    def _turned(self, opened: bool) -> None:  # noqa: FBT001 - Qt's signal
        if self.details is None:
            self.details = indented(*map(_item, change_item(self._change).below))
            self._place.addWidget(self.details)
        self.details.setVisible(opened)


def _item(item: Item) -> QWidget:
    """Make one line of what belongs to a change."""
    shown = tr("{name}: {value}", name=item.label, value=item.text)
    text = label(shown if item.label else item.text, muted=not item.exact)
    if item.exact:
        text = label(item.text)
        text.setFont(palette.mono())
        text.setAccessibleName(shown)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return stack(text, *map(_item, item.below), spacing=2) if item.below else text


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
    larger = 4 if title else 0
    mark = Mark(name, "accent" if title else "muted", larger)
    place.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    place.addWidget(words, 1)
    if not title:
        place.setContentsMargins(2, 0, 0, 0)
        place.setSpacing(14)
    return holder
