"""People by cause: a row a cause with its count; the chosen one says who is listed."""

from collections import Counter

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from agent.verdict.causes import Cause
from agent.verdict.verdict import State
from wire.operation import Operation
from wire.text import Text, plural
from wizard.permissions.coverage import PersonVerdict
from wizard.translation import number
from wizard.ui.formatting import say, tr
from wizard.ui.presenters.other_operations import RESET_WORKS, Key, keys_of, title_of
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon

_MOST = 9  # rows before it scrolls
_OFTEN_MS = 100  # between two showings of the counts, while people come
_OPERATION = Qt.ItemDataRole.UserRole
_CAUSE = _OPERATION + 1
_MARKS = {
    State.YES: ("circle-check", "ok"),
    State.NO: ("circle-x", "failed"),
    State.UNKNOWN: ("triangle-alert", "warning"),
}
_ALL = Text("Can't be reset")


class CauseTable(QTreeWidget):
    """Counts people as they are checked.

    A row is a cause of the reset; another operation that a permission stops, and that
    has a cause of its own, is a row as well. The one for all who can't be reset stands
    above the causes.
    """

    chosen = Signal(object)  # a Key, or None: all who can't be reset

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderLabels([tr("Cause"), tr("People")])
        self.setAccessibleName(tr("People by cause"))
        self.setUniformRowHeights(True)
        self.setRootIsDecorated(False)
        self.setTabKeyNavigation(False)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self._later = QTimer(self, singleShot=True, interval=_OFTEN_MS)
        self._later.timeout.connect(self._show_uncounted)
        self.currentItemChanged.connect(lambda item, _old: self._chosen(item))
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        with QSignalBlocker(self):
            self.clear()
        self.counts: Counter[Cause] = Counter()  # of the reset
        self.also: Counter[Key] = Counter()  # what other operations have of their own
        self._rows: dict[Key | None, QTreeWidgetItem] = {}
        self._uncounted: set[Key | None] = set()  # whose count is shown a bit later
        self.fit()

    def take(self, people: list[PersonVerdict]) -> None:
        """Count some more people, and show the counts."""
        met: dict[Key, State] = {}
        for judged in people:
            for key in keys_of(judged.verdict):
                met.setdefault(key, judged.verdict.of(key[0]).state)
                if key[0] is Operation.RESET:
                    self.counts[key[1]] += 1
                else:
                    self.also[key] += 1
        new = [key for key in met if key not in self._rows]
        for key in new:
            self._add(key, met[key])
        self._uncounted.update((*met, None))
        if new or not self._later.isActive():
            self._show_counts()
        if new:
            self.fit()

    def _show_counts(self) -> None:
        """Show the counts that changed; the width of their column is laid anew then."""
        uncounted, self._uncounted = self._uncounted, set()
        for key in uncounted:
            self._count(key)
        self._later.start()

    def _show_uncounted(self) -> None:
        if self._uncounted:
            self._show_counts()

    def people_in(self, key: Key | None) -> int:
        """Count the people of a row."""
        if key is None:
            return self.counts.total() - self.counts[Cause.NONE]
        return self.counts[key[1]] if key[0] is Operation.RESET else self.also[key]

    def settle(self) -> None:
        """Put the causes in order, once the counts stand: most people first.

        Those of the reset stand before those of other operations.
        """
        self._show_counts()
        self._later.stop()
        current = self.currentItem()
        with QSignalBlocker(self):
            for at, key in enumerate(sorted(self._rows, key=self._place)):
                item = self._rows[key]
                self.takeTopLevelItem(self.indexOfTopLevelItem(item))
                self.insertTopLevelItem(at, item)
            self.setCurrentIndex(QModelIndex())
            if current is not None:
                self.setCurrentItem(current)
        self.fit()

    def _place(self, key: Key | None) -> tuple[bool, bool, bool, int]:
        if key is None:
            return False, True, False, 0
        other = key[0] is not Operation.RESET
        return other, key != RESET_WORKS, True, -self.people_in(key)

    def fit(self) -> None:
        """Be as high as what is listed, within bounds; the rest scrolls."""
        listed = min(_MOST, max(1, self.topLevelItemCount()))
        high = self.sizeHintForRow(0)
        line = high if high > 0 else self.fontMetrics().height() + 4
        head = self.header().sizeHint().height()
        self.setFixedHeight(head + line * listed + 2 * self.frameWidth() + 4)

    def choose(self, key: Key | None) -> None:
        """Choose a row, as a click does; KeyError where nobody has the cause."""
        self.setCurrentItem(self._rows[key])

    def texts(self) -> list[tuple[str, str]]:
        """Give the rows as they are shown, with the counts of now."""
        self._show_counts()
        items = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        return [(item.text(0), item.text(1)) for item in items if item]

    def _count(self, key: Key | None) -> None:
        item = self._rows.get(key)
        if item is None:
            return
        people, title = self.people_in(key), _title(key)
        item.setText(1, number(people))
        spoken = plural(
            "{title}: {count} person", "{title}: {count} people", people, title=title
        )
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, say(spoken))

    def _add(self, key: Key, state: State) -> None:
        if key[0] is Operation.RESET and key != RESET_WORKS and None not in self._rows:
            self._insert(None)
        item = self._insert(key)
        name, ink = _MARKS[state]
        inks = palette.inks(self.palette())
        item.setIcon(0, icon(name, getattr(inks, ink)))

    def _insert(self, key: Key | None) -> QTreeWidgetItem:
        item = QTreeWidgetItem([say(_title(key)), ""])
        if key is not None:
            item.setData(0, _OPERATION, key[0].value)
            item.setData(0, _CAUSE, key[1].value)
        item.setTextAlignment(
            1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        # those that would work stand first, then in the order they are met
        at = 0 if key == RESET_WORKS else self.topLevelItemCount()
        self._rows[key] = item
        self.insertTopLevelItem(at, item)
        return item

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        operation = item.data(0, _OPERATION)
        cause = item.data(0, _CAUSE)
        self.chosen.emit((Operation(operation), Cause(cause)) if operation else None)


def _title(key: Key | None) -> Text:
    return _ALL if key is None else title_of(key)
