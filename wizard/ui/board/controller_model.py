"""The board of domain controllers as data: a row for each, whatever is known of it."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from agent.config.settings import DomainController
from wizard.checks.controller_facts import ControllerFacts
from wizard.ui.board.controller_row import (
    Column,
    Row,
    mark_of,
    spoken_state,
    tip_of,
    title,
    word_of,
)
from wizard.ui.formatting import line, say, tip, tr

ROLE = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


class ControllerModel(QAbstractTableModel):
    """Rows of controllers; what the person edits, and what was found of each."""

    edited = Signal()  # the list is another

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.domain = ""

    @property
    def controllers(self) -> tuple[DomainController, ...]:
        """Those that the agent is to use, in order."""
        return tuple(row.controller for row in self.rows if row.used and row.host)

    @property
    def pending(self) -> tuple[DomainController, ...]:
        """Those that can be asked and were not."""
        return tuple(
            row.controller
            for row in self.rows
            if row.used and row.sound and not row.asked
        )

    @property
    def facts(self) -> tuple[ControllerFacts, ...]:
        """What is known by now."""
        return tuple(r.facts for r in self.rows if r.facts and not r.doing)

    def show_controllers(self, controllers: Iterable[DomainController]) -> None:
        """Take another list; what is known of those that stay is kept."""
        known = {_key(row.host, row.address): row for row in self.rows}
        used = [
            known.get(_key(each.host, each.address or ""))
            or Row(each.host, each.address or "")
            for each in controllers
        ]
        for row in used:
            row.used = True
        hosts = {row.host.casefold() for row in used}
        others = [r for r in self.rows if not r.used and r.host.casefold() not in hosts]
        self.beginResetModel()
        self.rows = [*used, *others]
        self.endResetModel()

    def begin(self, controllers: Iterable[DomainController]) -> None:
        """Say that these are being asked now."""
        hosts = {each.host.casefold() for each in controllers}
        begun = [a for a, row in enumerate(self.rows) if row.host.casefold() in hosts]
        for at in begun:
            self.rows[at].asked = True
        self._redraw(*begun)

    def forget(self) -> None:
        """Know nothing of them any more: they are to be asked anew."""
        self.beginResetModel()
        self.rows = [Row(row.host, row.address) for row in self.rows if row.used]
        self.endResetModel()

    def give_up(self) -> None:
        """Say that those which were being asked were not: it was stopped."""
        given_up = [at for at, row in enumerate(self.rows) if row.doing]
        for at in given_up:
            self.rows[at].asked, self.rows[at].facts = False, None
        self._redraw(*given_up)

    def take(self, found: Iterable[ControllerFacts]) -> None:
        """Show what was found; one that only DNS names gets a row below the others.

        What is as it was is not drawn again: each report tells of all of them.
        """
        places = {row.host.casefold(): at for at, row in enumerate(self.rows)}
        changed, new = [], []
        for facts in found:
            at = places.get(facts.host.casefold())
            if at is not None and self._learn(self.rows[at], facts):
                changed.append(at)
            elif at is None and facts.source == "DNS SRV":
                new.append(Row(facts.host, used=False, facts=facts, asked=True))
        self._redraw(*changed)
        self._insert(new, len(self.rows))

    @staticmethod
    def _learn(row: Row, facts: ControllerFacts) -> bool:
        """Have a row know some facts; False where it need not be drawn again."""
        takes = row.used or facts.source == "DNS SRV"
        if not takes or (row.asked and row.facts == facts):
            return False
        row.facts, row.asked = facts, True
        return True

    def add(self) -> int:
        """Begin a row to type in; give its place."""
        at = sum(row.used for row in self.rows)
        self._insert([Row("")], at)
        return at

    def use(self, at: int) -> int:
        """Have the agent use one that DNS names; give its place."""
        row = self.rows[at]
        last = sum(each.used for each in self.rows)
        self.beginResetModel()
        self.rows.remove(row)
        self.rows.insert(last, Row(row.host, row.address))
        self.endResetModel()
        self.edited.emit()
        return last

    def remove(self, at: int) -> None:
        """Take one out of the list; DNS may name it again."""
        self.beginRemoveRows(QModelIndex(), at, at)
        del self.rows[at]
        self.endRemoveRows()
        self.edited.emit()

    def raise_row(self, at: int) -> int:
        """Have one asked before the one above it; give its place."""
        if not 0 < at < sum(row.used for row in self.rows):
            return at
        self.beginResetModel()
        self.rows[at - 1], self.rows[at] = self.rows[at], self.rows[at - 1]
        self.endResetModel()
        self.edited.emit()
        return at - 1

    def set_address(self, at: int, address: str) -> None:
        """Say where one is reached, instead of asking DNS."""
        row = self.rows[at]
        if row.address != address:
            self.rows[at] = Row(row.host, address)
            self._redraw(at)
            self.edited.emit()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self.rows)

    def columnCount(self, _parent: _Index | None = None) -> int:
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == ROLE.DisplayRole:
            return title(section)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == Column.HOST and self.rows[index.row()].used:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: _Index, value: Any, role: int = ROLE.EditRole) -> bool:
        row, host = self.rows[index.row()], str(value).strip()
        if role != ROLE.EditRole or host == row.host:
            return False
        self.rows[index.row()] = Row(host, row.address)
        self._redraw(index.row())
        self.edited.emit()
        return True

    def data(self, index: _Index, role: int = ROLE.DisplayRole) -> Any:
        row, column = self.rows[index.row()], Column(index.column())
        if role == ROLE.EditRole:
            return row.host
        if role == ROLE.DisplayRole:
            return self._text(row, column)
        if role == ROLE.DecorationRole:
            return mark_of(row, column)
        if role == ROLE.ToolTipRole:
            return tip(row.host) if column == Column.HOST else tip_of(row, column)
        if role == ROLE.AccessibleTextRole:
            return self._spoken(row, column)
        return None

    def _text(self, row: Row, column: Column) -> str:
        if column == Column.HOST:
            # all are of one domain: what tells them apart has the place there is
            return line(row.host.removesuffix(f".{self.domain}"))
        return say(word_of(row, column))

    def _spoken(self, row: Row, column: Column) -> str:
        if column == Column.HOST:
            return spoken_state(row)
        return tr("{title}: {word}", title=title(column), word=self._text(row, column))

    def _insert(self, rows: list[Row], at: int) -> None:
        if rows:
            self.beginInsertRows(QModelIndex(), at, at + len(rows) - 1)
            self.rows[at:at] = rows
            self.endInsertRows()

    def _redraw(self, *places: int) -> None:
        """Have some rows drawn again, in one go with those between them."""
        if places:
            last = self.index(max(places), len(Column) - 1)
            self.dataChanged.emit(self.index(min(places), 0), last)


def _key(host: str, address: str) -> tuple[str, str]:
    return host.casefold(), address
