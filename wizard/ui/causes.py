"""People by cause: a row a cause with its count, open to the people themselves."""

from collections import Counter

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from agent.causes import CAUSES, Cause
from agent.coverage import Judged
from agent.subject import State
from wizard.ui import look
from wizard.ui.icons import icon
from wizard.ui.words import number, tr, tr_n

MOST_SHOWN = 500  # people of one cause; a file has them all
_LEAST, _MOST = 5, 15  # lines of text high
_CAUSE, _PERSON = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_MARKS = {
    State.YES: ("circle-check", "ok"),
    State.NO: ("circle-x", "failed"),
    State.UNKNOWN: ("triangle-alert", "warning"),
}


class CauseTable(QTreeWidget):
    """Counts people as they are judged; keeps some of each cause to look at.

    Signals:
        cause_chosen: a Cause.
        person_chosen: a Judged.

    """

    cause_chosen = Signal(object)
    person_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
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
        self.counts: Counter[Cause] = Counter()
        self._people: dict[Cause, list[Judged]] = {}
        self._rows: dict[Cause, QTreeWidgetItem] = {}

    def take(self, people: list[Judged]) -> None:
        """Count some more people, and show the counts."""
        for judged in people:
            cause = judged.verdict.reset.cause
            self.counts[cause] += 1
            kept = self._people.setdefault(cause, [])
            if len(kept) < MOST_SHOWN:
                kept.append(judged)
        for cause in {judged.verdict.reset.cause for judged in people}:
            self._count(cause)
        self.fit()

    def settle(self) -> None:
        """Put the causes in order, once the counts stand: most people first."""
        blocked = QSignalBlocker(self)
        opened = {cause for cause, row in self._rows.items() if row.isExpanded()}
        order = sorted(self._rows, key=lambda c: (c is not Cause.NONE, -self.counts[c]))
        for at, cause in enumerate(order):
            row = self._rows[cause]
            self.takeTopLevelItem(self.indexOfTopLevelItem(row))
            self.insertTopLevelItem(at, row)
            row.setExpanded(cause in opened)
        self.setCurrentIndex(QModelIndex())
        blocked.unblock()
        self.fit()

    def fit(self) -> None:
        """Be as high as what is listed, within bounds; the rest scrolls."""
        rows = [self.topLevelItem(at) for at in range(self.topLevelItemCount())]
        listed = sum(1 + row.childCount() * row.isExpanded() for row in rows if row)
        line = self.fontMetrics().height() + 4
        high = self.header().height() + line * listed + 2 * self.frameWidth() + 4
        self.setFixedHeight(max(line * _LEAST, min(high, line * _MOST)))

    def people_of(self, cause: Cause) -> tuple[Judged, ...]:
        """Give the people of a cause that are kept."""
        return tuple(self._people.get(cause, ()))

    def open_cause(self, cause: Cause) -> QTreeWidgetItem:
        """Open a cause's people, as a click on its arrow does."""
        row = self._rows[cause]
        row.setExpanded(True)
        return row

    def choose_person(self, judged: Judged) -> None:
        """Choose a person, as a click on the row does."""
        row = self.open_cause(judged.verdict.reset.cause)
        item = row.child(self.people_of(judged.verdict.reset.cause).index(judged))
        if item is not None:
            self.setCurrentItem(item)

    def _count(self, cause: Cause) -> None:
        row = self._rows.get(cause)
        if row is None:
            row = self._rows[cause] = self._add(cause)
        row.setText(1, number(self.counts[cause]))
        title = tr(CAUSES[cause].title)
        spoken = tr_n("{title}: %n people", self.counts[cause]).format(title=title)
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        if row.isExpanded():
            self._fill(row)

    def _add(self, cause: Cause) -> QTreeWidgetItem:
        row = QTreeWidgetItem([tr(CAUSES[cause].title), ""])
        row.setData(0, _CAUSE, cause.value)
        row.setTextAlignment(
            1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        state = self._people[cause][0].verdict.reset.state
        name, ink = _MARKS[state]
        inks = look.inks(self.palette())
        row.setIcon(0, icon(name, getattr(inks, ink), chosen=inks.on_accent))
        row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        # those that would work stand first, then in the order they are met
        at = 0 if cause is Cause.NONE else self.topLevelItemCount()
        self.insertTopLevelItem(at, row)
        return row

    def _fill(self, row: QTreeWidgetItem) -> None:
        """List the people kept who are not listed yet; a file has the others."""
        cause = Cause(row.data(0, _CAUSE))
        kept = self._people[cause]
        if row.childCount() > len(kept):
            return  # the note about the others is there
        for at in range(row.childCount(), len(kept)):
            judged = kept[at]
            item = QTreeWidgetItem([judged.verdict.dn, ""])
            item.setToolTip(0, judged.verdict.dn)
            item.setData(0, _CAUSE, cause.value)
            item.setData(0, _PERSON, at)
            row.addChild(item)
        if len(kept) == MOST_SHOWN and self.counts[cause] > MOST_SHOWN:
            note = QTreeWidgetItem([tr("The others are in the file: Export"), ""])
            note.setFlags(Qt.ItemFlag.NoItemFlags)
            row.addChild(note)

    def _chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        at = item.data(0, _PERSON)
        cause = Cause(item.data(0, _CAUSE))
        if at is None:
            self.cause_chosen.emit(cause)
        else:
            self.person_chosen.emit(self._people[cause][at])
