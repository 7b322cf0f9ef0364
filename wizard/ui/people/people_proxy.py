"""The people who are listed of those there are: by cause, by words, in an order.

QSortFilterProxyModel would ask Python about each of two rows it compares, 300,000
times for 20,000 people; here Python sorts them itself, in a fiftieth of that.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractProxyModel, QModelIndex, QObject, Qt

from wizard.ui.people.people_model import ROLE, Column, Index, PeopleModel, Row, plain
from wizard.ui.presenters.other_operations import Key


class PeopleProxy(QAbstractProxyModel):
    """Chooses and sorts rows; it is reset where others are chosen.

    People who come while it is shown stand at the end until it is sorted again.
    """

    def __init__(self, people: PeopleModel) -> None:
        super().__init__()
        self._people = people
        self._places: list[int] = []  # of the rows that are listed
        self._key: Key | None = None
        self._words = ""
        self._by, self._descending = Column.NAME, False
        self.setSourceModel(people)
        people.rowsInserted.connect(self._append)
        people.modelReset.connect(self.arrange)

    @property
    def count(self) -> int:
        """How many are listed."""
        return len(self._places)

    def row_at(self, at: int) -> Row:
        """Give a row that is listed."""
        return self._people.rows[self._places[at]]

    @property
    def places(self) -> Sequence[int]:
        """The places among all people of those who are listed, in their order."""
        return self._places

    def place_at(self, at: int) -> int:
        """Give the place among all people of a row that is listed."""
        return self._places[at]

    def choose(self, key: Key | None, words: str) -> None:
        """List those of a cause, or all who can't be reset, whose row has the words."""
        wanted = (key, plain(words.strip()))
        if wanted != (self._key, self._words):
            self._key, self._words = wanted
            self.arrange()

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        self._by = Column(column)
        self._descending = order == Qt.SortOrder.DescendingOrder
        self.arrange()

    def arrange(self) -> None:
        """Choose and sort anew."""
        self.beginResetModel()
        places = self._chosen(range(len(self._people.rows)))
        ranks = self._people.ranks[self._by]
        places.sort(key=ranks.__getitem__, reverse=self._descending)
        self._places = places
        self.endResetModel()

    def _chosen(self, places: Iterable[int]) -> list[int]:
        """Choose by cause, then by words: lists by column, for 20,000 rows at once."""
        key, words = self._key, self._words
        if key is None:
            works = self._people.works
            places = [at for at in places if not works[at]]
        else:
            rows = self._people.rows
            places = [at for at in places if key in rows[at].keys]
        sought = self._people.sought
        return [at for at in places if words in sought[at]] if words else places

    def _append(self, _parent: QModelIndex, first: int, last: int) -> None:
        new = self._chosen(range(first, last + 1))
        if new:
            end = len(self._places)
            self.beginInsertRows(QModelIndex(), end, end + len(new) - 1)
            self._places += new
            self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self._places)

    def columnCount(self, _parent: Index | None = None) -> int:
        return len(Column)

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        if parent and parent.isValid():
            return QModelIndex()
        inside = 0 <= row < len(self._places) and 0 <= column < len(Column)
        return self.createIndex(row, column) if inside else QModelIndex()

    def parent(self, _child: Index | None = None) -> QModelIndex | QObject:  # type: ignore[override]
        return QModelIndex()

    def mapToSource(self, index: Index) -> QModelIndex:
        if not index.isValid() or index.row() >= len(self._places):
            return QModelIndex()
        return self._people.index(self._places[index.row()], index.column())

    def mapFromSource(self, index: Index) -> QModelIndex:
        if not index.isValid() or index.row() not in self._places:
            return QModelIndex()
        return self.index(self._places.index(index.row()), index.column())

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> Any:
        # asked for each cell that is drawn: straight, without an index of the source
        if not index.isValid() or index.row() >= len(self._places):
            return None
        return self._people.at(self._places[index.row()], index.column(), role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = ROLE.DisplayRole
    ) -> Any:
        return self._people.headerData(section, orientation, role)
