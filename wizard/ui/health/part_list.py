"""Agent, relay, controllers, people and keys: a row each, with its state."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QTableWidgetItem

from wire.text import EMPTY, Text, day, plural
from wizard.results import Check, KeyAge
from wizard.ui.formatting import say, tip, tr
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.theme.icons import state_mark, state_word
from wizard.ui.widgets.labels import (
    Panel,
    add,
    empty,
    heading,
    label,
    stack,
)
from wizard.ui.widgets.tables import ReadTable

_MOST = 3  # controllers in the list; the table has them all
_GRAVITY = ("failed", "warning", "ok", "info", "skipped")


class PartPanel(Panel):
    """What a request passes, and how each of it is."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Check, ...] = ()
        self._controllers: list[Check] = []
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(8)
        self.grid.setVerticalSpacing(8)
        self.grid.setColumnStretch(1, 1)
        self.all = EnterButton(tr("All controllers"), self._turn)
        self.table = ReadTable((tr("Controller"), tr("State"), ""), tr("Controllers"))
        self.table.horizontalHeader().setStretchLastSection(True)
        self.all.hide()
        self.table.hide()
        add(self.column, heading(tr("Connections")), self.grid, self.all, self.table)
        self.column.addStretch(1)

    def show_parts(self, parts: Sequence[Check]) -> None:
        """Show other rows; nothing is made anew where they are the same."""
        if tuple(parts) == self._shown:
            return
        self._shown = tuple(parts)
        controllers = [part for part in parts if part.id == "controller"]
        shown = controllers
        if len(controllers) > _MOST:
            shown = sorted(controllers, key=_place)[:_MOST]
        empty(self.grid)
        rest = [part for part in parts if part.id != "controller"]
        for at, part in enumerate((*rest, *shown)):
            self._row(at, part)
        self._controllers = sorted(controllers, key=_place)
        self._count(len(controllers))

    def _row(self, at: int, part: Check) -> None:
        mark = state_mark(part.state)
        name, detail = label(part.title), label(part.detail, muted=True)
        spoken = Text(
            "{part}: {state}. {detail}",
            part=part.title,
            state=state_word(part.state),
            detail=part.detail,
        )
        name.setAccessibleName(say(spoken))
        self.grid.addWidget(mark, at, 0, Qt.AlignmentFlag.AlignTop)
        self.grid.addWidget(stack(name, detail, spacing=0), at, 1)

    def _count(self, count: int) -> None:
        self.all.setVisible(count > _MOST)
        all_ = plural("The {count} controller", "All {count} controllers", count)
        self.all.name(say(all_))
        if count <= _MOST:
            self.table.hide()
        if not self.table.isHidden():
            self._fill()

    def _fill(self) -> None:
        self.table.setRowCount(len(self._controllers))
        for at, part in enumerate(self._controllers):
            texts = (part.title, state_word(part.state), part.detail)
            for place, text in enumerate(texts):
                item = QTableWidgetItem(say(text))
                item.setToolTip(tip(text))
                self.table.setItem(at, place, item)
        self.table.fit()

    def _turn(self) -> None:
        self._fill()
        self.table.setVisible(self.table.isHidden())


def _place(part: Check) -> int:
    return _GRAVITY.index(part.state)


class KeyPanel(Panel):
    """How old each key is, and when the next one comes or is due."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[KeyAge, ...] = ()
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(16)
        self.grid.setVerticalSpacing(4)
        self.grid.setColumnStretch(0, 1)
        add(self.column, heading(tr("Keys and password")), self.grid)
        self.hide()

    def show_keys(self, keys: Sequence[KeyAge]) -> None:
        """Show other ages."""
        if tuple(keys) == self._shown:
            return
        self._shown = tuple(keys)
        empty(self.grid)
        for at, key in enumerate(keys):
            for place, text in enumerate(_age(key)):
                days = place > 0  # on a line, however long their language is
                shown = label(text, muted=days, wrap=not days)
                self.grid.addWidget(shown, at, place)
        self.setVisible(bool(keys))


def _age(key: KeyAge) -> Iterator[Text]:
    assert key.since is not None
    yield key.title
    yield Text("since {day}", day=day(key.since))
    yield Text("next on {day}", day=day(key.next)) if key.next else EMPTY
