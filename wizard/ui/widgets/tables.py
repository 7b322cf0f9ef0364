"""A table to read: a row is chosen whole, nothing is edited, Tab leaves it."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableWidget

from wizard.ui.widgets.columns import ColumnFit, fit_titles

_MOST = 6  # rows before it scrolls
_MOST_WRAPPED = 100  # rows that are measured one by one


class ReadTable(QTableWidget):
    """As high as its rows, up to six; long names are elided in the middle."""

    def __init__(self, titles: Sequence[str], name: str) -> None:
        super().__init__(0, len(titles))
        self.setHorizontalHeaderLabels(list(titles))
        self.setAccessibleName(name)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        self._columns: ColumnFit | None = None

    def share_width(self, shares: Sequence[int], whole: Sequence[int] = ()) -> None:
        """Have the columns as wide as their words, as `ColumnFit` says."""
        self._columns = ColumnFit(self, shares, whole)

    def wrap(self) -> None:
        """Have rows be as high as their words need, where there are not very many."""
        assert self._columns
        self.setWordWrap(True)
        self._columns.fitted.connect(self._fit_rows)

    def _fit_rows(self) -> None:
        least = self.verticalHeader().defaultSectionSize()
        for at in range(min(self.rowCount(), _MOST_WRAPPED)):
            self.setRowHeight(at, max(least, self.sizeHintForRow(at)))
        self._fit_height()

    def selectRow(self, row: int) -> None:
        """Choose a row: Qt's own finds none where a table begins at the right."""
        kinds = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(
            self.model().index(row, 0), kinds.ClearAndSelect | kinds.Rows
        )

    def fit_columns(self) -> None:
        """Take the width of what is in the columns, or of their titles."""
        if self._columns:
            self._columns.fit_later()
        else:
            fit_titles(self.horizontalHeader())

    def fit(self) -> None:
        """Take the height of the rows there are, and the width of what is in them."""
        self.fit_columns()
        self._fit_height()

    def _fit_height(self) -> None:
        header = self.horizontalHeader().sizeHint().height()
        rows = sum(map(self.rowHeight, range(min(self.rowCount(), _MOST))))
        self.setFixedHeight(header + rows + 2 * self.frameWidth())
