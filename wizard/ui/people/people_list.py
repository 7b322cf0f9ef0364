"""The list of people with its search: who is listed, who is chosen."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    Qt,
    Signal,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from wire.text import Text, plural
from wizard.permissions.coverage import PersonVerdict
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.people.people_model import Column, Index, PeopleModel
from wizard.ui.people.people_proxy import PeopleProxy
from wizard.ui.presenters.help_desk import Case
from wizard.ui.presenters.other_operations import Key
from wizard.ui.theme import palette
from wizard.ui.widgets.columns import ColumnFit
from wizard.ui.widgets.labels import column, label, row
from wizard.ui.widgets.search_field import SearchField

_LEAST_ROWS = 8
_SHARES = (20, 28, 24, 28)  # of the width that is left, by column
_MOST_KEPT_CHOSEN = 500  # rows that stay chosen as others are listed
_SELECT = QItemSelectionModel.SelectionFlag


class _OuDelegate(QStyledItemDelegate):
    """Leaves both ends of a container's name, where it has not the place for all."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class PeopleTable(QTableView):
    """Rows of people; several can be chosen, Tab leaves it."""

    def __init__(self, listed: PeopleProxy) -> None:
        super().__init__()
        self.setModel(listed)
        self.setAccessibleName(tr("People"))
        self.verticalHeader().hide()
        high = palette.row_height(self.fontMetrics())
        self.verticalHeader().setDefaultSectionSize(high)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegateForColumn(Column.OU, _OuDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading)
        header.setHighlightSections(False)
        # it asks of each column whether all rows are chosen, each time it is drawn
        header.setSelectionModel(QItemSelectionModel(listed, header))
        header.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.setMinimumHeight(high * (_LEAST_ROWS + 1))
        # the cause is what one looks for: names are cut before it
        self._columns = ColumnFit(self, _SHARES, [Column.CAUSE], opens=True)
        self._columns.fitted.connect(self._open_rows)
        listed.modelReset.connect(self._columns.fit_later)
        listed.rowsInserted.connect(self._columns.fit_later)

    def _open_rows(self) -> None:
        """Give each row a second line where a cause has no place on the first."""
        opened = Column.CAUSE in self._columns.cut
        if opened != self.wordWrap():
            high = palette.row_height(self.fontMetrics())
            more = self.fontMetrics().lineSpacing() if opened else 0
            self.setWordWrap(opened)
            self.verticalHeader().setDefaultSectionSize(high + more)

    def selectRow(self, row: int) -> None:
        """Choose a row: Qt's own finds none where a table begins at the right."""
        kinds = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(
            self.model().index(row, 0), kinds.ClearAndSelect | kinds.Rows
        )


class PeopleList(QWidget):
    """Search, the number of those listed, the table."""

    chosen = Signal()  # other rows are chosen, or none

    def __init__(self) -> None:
        super().__init__()
        self.people = PeopleModel()
        self.listed = PeopleProxy(self.people)
        self._key: Key | None = None
        hint = tr("Search by name, sign-in name, OU or cause")
        self.search = SearchField(tr("Search people"), hint)
        self.search.setMaximumWidth(max(360, self.search.width_of_hint()))
        self.search.textChanged.connect(self._search)
        self.number = label(muted=True, wrap=False)
        self.table = PeopleTable(self.listed)
        self.table.selectionModel().selectionChanged.connect(self._tell)
        self._before: tuple[frozenset[int], int] = (frozenset(), -1)
        self.listed.modelAboutToBeReset.connect(self._remember)
        self.listed.modelReset.connect(self._restore)
        parts = row(self.search, self.number, grows=0)
        place = column(self, parts, self.table)
        place.setStretchFactor(self.table, 1)

    def forget(self) -> None:
        """Begin anew; who is searched for stays so."""
        self.people.forget()

    def take(self, people: list[PersonVerdict]) -> None:
        """List some more people."""
        self.people.take(people)
        self._count()

    def settle(self) -> None:
        """Put all in their order, once everybody is there."""
        self.listed.arrange()
        self._count()

    def show_cause(self, key: Key | None) -> None:
        """List those with a cause; None: all who can't be reset."""
        self._key = key
        self._choose()

    @property
    def cases(self) -> list[Case]:
        """Who is chosen, as listed."""
        return [self.listed.row_at(at).case for at in self._chosen_rows()]

    def _chosen_rows(self) -> list[int]:
        # by ranges: an index for each of 20,000 rows would take half a second
        ranges = self.table.selectionModel().selection().toList()
        rows = (range(each.top(), each.bottom() + 1) for each in ranges)
        return sorted({at for part in rows for at in part})

    def _search(self) -> None:
        self._choose()
        announce(self, self.number.text())

    def _choose(self) -> None:
        self.listed.choose(self._key, self.search.text())
        self._count()

    def _count(self) -> None:
        self.number.setText(say(_number(self.listed.count, self.people.left_out)))

    def _tell(self) -> None:
        self.chosen.emit()

    def _remember(self) -> None:
        rows = self._chosen_rows()
        if len(rows) > _MOST_KEPT_CHOSEN:
            rows = []
        places = frozenset(map(self.listed.place_at, rows))
        current = self.table.currentIndex().row()
        self._before = (places, self.listed.place_at(current) if places else -1)

    def _restore(self) -> None:
        """Choose those again who are still listed, in their new places."""
        places, current = self._before
        if not places:
            self.chosen.emit()
            return
        model, selection = self.table.selectionModel(), QItemSelection()
        for at, place in enumerate(self.listed.places):
            if place in places:
                index = self.listed.index(at, 0)
                selection.select(index, self.listed.index(at, len(Column) - 1))
                if place == current:
                    model.setCurrentIndex(index, _SELECT.NoUpdate)
                    self.table.scrollTo(index)
        model.select(selection, _SELECT.ClearAndSelect)
        self.chosen.emit()


def _number(listed: int, left_out: int) -> Text:
    if left_out:
        return Text(
            "{listed} listed; {others} more are in the file: Export",
            listed=listed,
            others=left_out,
        )
    if not listed:
        return Text("Nobody")
    return plural("{count} person", "{count} people", listed)
