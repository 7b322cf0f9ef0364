"""People by cause: a row a cause with its count, open to the people themselves."""

from collections import Counter

from PySide6.QtCore import QEvent, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from agent.verdict.causes import Cause
from agent.verdict.verdict import State
from wire.operation import Operation
from wire.text import plural
from wizard.permissions.coverage import PersonVerdict
from wizard.translation import number
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.presenters.other_operations import RESET_WORKS, Key, keys_of, title_of
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon

MOST_SHOWN = 500  # people of one cause; a file has them all
_LEAST, _MOST = 5, 15  # lines of text high
_OPERATION = Qt.ItemDataRole.UserRole
_CAUSE, _PERSON = _OPERATION + 1, _OPERATION + 2
_MARKS = {
    State.YES: ("circle-check", "ok"),
    State.NO: ("circle-x", "failed"),
    State.UNKNOWN: ("triangle-alert", "warning"),
}


class CauseTable(QTreeWidget):
    """Counts people as they are judged; keeps some of each cause to look at.

    A row is a cause of the reset; another operation that a permission stops, and that
    has a cause of its own, is a row as well.
    """

    cause_chosen = Signal(object)  # a Cause
    person_chosen = Signal(object)  # a PersonVerdict

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[Key, QTreeWidgetItem] = {}
        self.setColumnCount(2)
        self.setHeaderLabels([tr("Cause"), tr("People")])
        self.setAccessibleName(tr("People by cause"))
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setTabKeyNavigation(False)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.itemExpanded.connect(self._fill)
        self.itemExpanded.connect(lambda _row: self.fit())
        self.itemCollapsed.connect(lambda _row: self.fit())
        self.currentItemChanged.connect(lambda item, _old: self._chosen(item))
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.clear()
        self.counts: Counter[Cause] = Counter()  # of the reset
        self.also: Counter[Key] = Counter()  # what other operations have of their own
        self._people: dict[Key, list[PersonVerdict]] = {}
        self._rows = {}

    def take(self, people: list[PersonVerdict]) -> None:
        """Count some more people, and show the counts."""
        met: dict[Key, None] = {}
        for judged in people:
            for key in keys_of(judged.verdict):
                met[key] = None
                self._keep(key, judged)
        for key in met:
            self._count(key)
        self.fit()

    def _keep(self, key: Key, judged: PersonVerdict) -> None:
        operation, cause = key
        if operation is Operation.RESET:
            self.counts[cause] += 1
        else:
            self.also[key] += 1
        kept = self._people.setdefault(key, [])
        if len(kept) < MOST_SHOWN:
            kept.append(judged)

    def _people_in(self, key: Key) -> int:
        return self.counts[key[1]] if key[0] is Operation.RESET else self.also[key]

    def settle(self) -> None:
        """Put the causes in order, once the counts stand: most people first.

        Those of the reset stand before those of other operations.
        """
        blocked = QSignalBlocker(self)
        opened = {key for key, row in self._rows.items() if row.isExpanded()}
        for at, key in enumerate(sorted(self._rows, key=self._place)):
            row = self._rows[key]
            self.takeTopLevelItem(self.indexOfTopLevelItem(row))
            self.insertTopLevelItem(at, row)
            row.setExpanded(key in opened)
        self.setCurrentIndex(QModelIndex())
        blocked.unblock()
        self.fit()

    def _place(self, key: Key) -> tuple[bool, bool, int]:
        other = key[0] is not Operation.RESET
        return other, key != RESET_WORKS, -self._people_in(key)

    def fit(self) -> None:
        """Be as high as what is listed, within bounds; the rest scrolls."""
        rows = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        listed = sum(1 + row.childCount() * row.isExpanded() for row in rows if row)
        line = self.fontMetrics().height() + 4
        high = self.header().height() + line * listed + 2 * self.frameWidth() + 4
        self.setFixedHeight(max(line * _LEAST, min(high, line * _MOST)))

    def people_of(
        self, cause: Cause, operation: Operation = Operation.RESET
    ) -> tuple[PersonVerdict, ...]:
        """Give the people of a cause that are kept."""
        return tuple(self._people.get((operation, cause), ()))

    def open_cause(
        self, cause: Cause, operation: Operation = Operation.RESET
    ) -> QTreeWidgetItem:
        """Open a cause's people, as a click on its arrow does."""
        row = self._rows[operation, cause]
        row.setExpanded(True)
        return row

    def _count(self, key: Key) -> None:
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._add(key)
        people = self._people_in(key)
        row.setText(1, number(people))
        title = title_of(key)
        spoken = plural(
            "{title}: {count} person", "{title}: {count} people", people, title=title
        )
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, say(spoken))
        if row.isExpanded():
            self._fill(row)

    def _add(self, key: Key) -> QTreeWidgetItem:
        row = _item(say(title_of(key)), key)
        row.setTextAlignment(
            1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._mark(row, key)
        row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        # those that would work stand first, then in the order they are met
        at = 0 if key == RESET_WORKS else self.topLevelItemCount()
        self.insertTopLevelItem(at, row)
        return row

    def _mark(self, row: QTreeWidgetItem, key: Key) -> None:
        name, ink = _MARKS[self._people[key][0].verdict.of(key[0]).state]
        inks = palette.inks(self.palette())
        row.setIcon(0, icon(name, getattr(inks, ink)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for key, row in self._rows.items():
                self._mark(row, key)

    def _fill(self, row: QTreeWidgetItem) -> None:
        """List the people kept who are not listed yet; a file has the others."""
        key = _key_of(row)
        kept = self._people[key]
        if row.childCount() > len(kept):
            return  # the note about the others is there
        for at in range(row.childCount(), len(kept)):
            item = _item(line(kept[at].verdict.dn), key)
            item.setToolTip(0, tip(kept[at].verdict.dn))
            item.setData(0, _PERSON, at)
            row.addChild(item)
        if len(kept) == MOST_SHOWN and self._people_in(key) > MOST_SHOWN:
            note = QTreeWidgetItem([tr("The others are in the file: Export"), ""])
            note.setFlags(Qt.ItemFlag.NoItemFlags)
            row.addChild(note)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        at, key = item.data(0, _PERSON), _key_of(item)
        if at is None:
            self.cause_chosen.emit(key[1])
        else:
            self.person_chosen.emit(self._people[key][at])


def _item(text: str, key: Key) -> QTreeWidgetItem:
    item = QTreeWidgetItem([say(text), ""])
    item.setData(0, _OPERATION, key[0].value)
    item.setData(0, _CAUSE, key[1].value)
    return item


def _key_of(item: QTreeWidgetItem) -> Key:
    return Operation(item.data(0, _OPERATION)), Cause(item.data(0, _CAUSE))
