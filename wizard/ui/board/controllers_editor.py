"""The editor of the domain controllers: a live board, in the order they are asked."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QItemSelection, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from agent.config.settings import DomainController
from wire.text import Text, listed, plural
from wizard.flow.model import Field
from wizard.ui.announce import announce
from wizard.ui.board.controller_details import ControllerDetails
from wizard.ui.board.controller_model import ControllerModel
from wizard.ui.board.controller_row import Column, Row, spoken_state
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.columns import ColumnFit
from wizard.ui.widgets.flow_layout import flow
from wizard.ui.widgets.labels import button, column, label

_MOST = 8  # rows before it scrolls
# of the width that is left, by column
_SHARES = {
    Column.HOST: 4,
    Column.STATE: 3,
    Column.CERTIFICATE: 2,
    Column.TLS: 1,
    Column.HINTS: 2,
    Column.CLOCK: 1,
    Column.ANSWER: 1,
}
# what a narrow window leaves out, first: State and the details say what is wrong there
_SPARE = (Column.TLS, Column.CLOCK, Column.HINTS)


class Controllers(QWidget):
    """Rows are typed over, added, removed and put in order; each shows what it is."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.model = ControllerModel()
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(say(field.label))
        _dress(self.table)
        self.summary = label(muted=True, wrap=False)
        self.details = ControllerDetails()
        whole = [at for at in Column if at != Column.HOST]
        shares = list(_SHARES.values())
        self._columns = ColumnFit(self.table, shares, whole, _SPARE)
        self.add_button = button(tr("Add"), self.add, tr("Add a domain controller"))
        self.use_button = button(tr("Use"), self.use, tr("Use the chosen controller"))
        name = tr("Remove the chosen controller")
        self.remove_button = button(tr("Remove"), self.remove, name)
        name = tr("Ask the chosen controller before the one above it")
        self.up_button = button(tr("Move up"), self.move_up, name)
        buttons = (self.add_button, self.use_button, self.remove_button)
        self.buttons = flow(*buttons, self.up_button, self.summary)
        column(self, self.table, self.buttons, self.details)
        self.setFocusProxy(self.table)
        self._connect()
        self._arrange()

    def _connect(self) -> None:
        self.model.edited.connect(self._edited)
        self.model.dataChanged.connect(self._redrawn)
        for signal in (
            self.model.modelReset,
            self.model.rowsInserted,
            self.model.rowsRemoved,
        ):
            signal.connect(self._arrange)
        chosen = self.table.selectionModel()
        chosen.selectionChanged.connect(self._chosen)
        self.details.addressed.connect(self._addressed)
        self.table.horizontalScrollBar().rangeChanged.connect(self._fit_rows)

    def value(self) -> Any:
        return self.model.controllers

    def set_value(self, value: Any) -> None:
        controllers = tuple(_controllers(value or ()))
        if controllers != self.value():
            self.model.show_controllers(controllers)

    def focus_widget(self) -> QWidget:
        return self.table

    @property
    def chosen(self) -> Row | None:
        """The row that is chosen."""
        at = self.table.currentIndex().row()
        return self.model.rows[at] if 0 <= at < len(self.model.rows) else None

    def choose(self, at: int) -> None:
        """Choose a row, as a click on it does."""
        self.table.setCurrentIndex(self.model.index(at, Column.STATE))

    def add_buttons_of(self, *page_buttons: QWidget) -> None:
        """Put buttons of the page after those of the list."""
        for at, each in enumerate(page_buttons):
            self.buttons.insert_widget(4 + at, each)

    def announce_outcome(self, hosts: Iterable[str]) -> None:
        """Say how these are, once they were looked at: one by name, more in numbers."""
        names = {host.casefold() for host in hosts}
        seen = [row for row in self.model.rows if row.host.casefold() in names]
        if len(seen) == 1:
            announce(self, spoken_state(seen[0]))
        elif seen:
            announce(self, summary(seen))

    def choose_worst(self) -> None:
        """Choose the first row with something to do, where none is chosen."""
        bad = (a for a, r in enumerate(self.model.rows) if r.state == "failed")
        if self.chosen is None and (at := next(bad, None)) is not None:
            self.choose(at)

    def add(self) -> None:
        """Begin a new row, ready to type in."""
        at = self.model.add()
        index = self.model.index(at, Column.HOST)
        self.table.setCurrentIndex(index)
        self.table.edit(index)

    def use(self) -> None:
        """Use the chosen controller, which DNS alone names."""
        self.choose(self.model.use(self.table.currentIndex().row()))

    def remove(self) -> None:
        """Take the chosen row out."""
        if self.chosen:
            self.model.remove(self.table.currentIndex().row())

    def move_up(self) -> None:
        """Have the chosen controller asked before the one above it."""
        self.choose(self.model.raise_row(self.table.currentIndex().row()))

    def _addressed(self, address: str) -> None:
        if self.chosen:
            self.model.set_address(self.table.currentIndex().row(), address)

    def _edited(self) -> None:
        self._arrange()
        self.changed.emit()

    def _redrawn(self, first: Any, last: Any) -> None:
        self._tell()
        self._columns.fit_later()
        if first.row() <= self.table.currentIndex().row() <= last.row():
            self.details.show_row(self.chosen)

    def _chosen(self, _now: QItemSelection, _before: QItemSelection) -> None:
        self._arrange()

    def _arrange(self) -> None:
        shown = self.chosen
        used = shown is not None and shown.used
        self.use_button.setVisible(shown is not None and not used)
        self.remove_button.setVisible(shown is None or used)
        self.remove_button.setEnabled(used)
        self.up_button.setEnabled(used and self.table.currentIndex().row() > 0)
        self.details.show_row(shown)
        self._fit_rows()
        self._columns.fit_later()
        self._tell()

    def _fit_rows(self) -> None:
        """Make room for each row up to the most, above the bar where there is one."""
        header = self.table.horizontalHeader().sizeHint().height()
        rows = min(max(len(self.model.rows), 2), _MOST)
        high = self.table.verticalHeader().defaultSectionSize()
        bar = self.table.horizontalScrollBar()
        below = bar.sizeHint().height() if bar.maximum() else 0
        frame = 2 * self.table.frameWidth()
        self.table.setFixedHeight(header + rows * high + below + frame)

    def _tell(self) -> None:
        self.summary.setText(say(summary(self.model.rows)))


def summary(rows: Iterable[Row]) -> Text:
    """Say how the controllers that are used are, in numbers."""
    used = [row for row in rows if row.used and row.host]
    doing = sum(row.doing for row in used)
    if doing:
        done = len(used) - doing
        return Text("{done} of {count} checked", done=done, count=len(used))
    states = [row.state for row in used]
    ok, warned, failed = map(states.count, ("ok", "warning", "failed"))
    parts = (
        plural("{count} in order", "{count} in order", ok) if ok else "",
        plural("{count} warning", "{count} warnings", warned) if warned else "",
        plural("{count} failed", "{count} failed", failed) if failed else "",
    )
    return listed(filter(None, parts), ", ")


def _dress(table: QTableView) -> None:
    table.verticalHeader().hide()
    high = palette.row_height(table.fontMetrics())
    table.verticalHeader().setDefaultSectionSize(high)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setTextElideMode(Qt.TextElideMode.ElideRight)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading)
    header.setHighlightSections(False)


def _controllers(value: Iterable[Any]) -> Iterable[DomainController]:
    for item in value:
        if isinstance(item, DomainController):
            yield item
        elif isinstance(item, str):
            yield DomainController.model_construct(host=item, address=None)
        else:
            host, address = item
            yield DomainController.model_construct(host=host, address=address or None)
