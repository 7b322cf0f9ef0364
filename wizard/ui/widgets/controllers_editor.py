"""The editor of the list of domain controllers: host and address, in order."""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from agent.config.settings import DomainController
from wizard.flow.model import Field
from wizard.ui.formatting import say, tr
from wizard.ui.widgets.labels import button, column, row


class Controllers(QWidget):
    """A small table; rows are typed over, added and removed."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.table = QTableWidget(0, 2)
        self.table.setAccessibleName(say(field.label))
        self.table.setHorizontalHeaderLabels([tr("DNS name"), tr("Address")])
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(lambda _item: self.changed.emit())
        add = button(tr("Add"), self.add, tr("Add a domain controller"))
        name = tr("Remove the chosen controller")
        remove = button(tr("Remove"), self.remove, name)
        column(self, self.table, row(add, remove))
        self.setFocusProxy(self.table)
        self._fit()

    def value(self) -> Any:
        rows = [self._row(index) for index in range(self.table.rowCount())]
        return tuple(_controller(host, address) for host, address in rows if host)

    def set_value(self, value: Any) -> None:
        controllers = tuple(_controllers(value or ()))
        if controllers == self.value():
            return
        self.table.setRowCount(0)
        for controller in controllers:
            self._append(controller.host, controller.address or "")
        self._fit()

    def focus_widget(self) -> QWidget:
        return self.table

    def add(self) -> None:
        """Begin a new row, ready to type in."""
        with QSignalBlocker(self.table):
            self._append("", "")
        self._fit()
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.editItem(self.table.currentItem())

    def remove(self) -> None:
        """Take the chosen row out."""
        self.table.removeRow(self.table.currentRow())
        self._fit()
        self.changed.emit()

    def _append(self, host: str, address: str) -> None:
        at = self.table.rowCount()
        self.table.insertRow(at)
        self.table.setItem(at, 0, QTableWidgetItem(host))
        self.table.setItem(at, 1, QTableWidgetItem(address))

    def _row(self, index: int) -> tuple[str, str]:
        cells = [self.table.item(index, part) for part in (0, 1)]
        host, address = (cell.text().strip() if cell else "" for cell in cells)
        return host, address

    def _fit(self) -> None:
        height = self.table.verticalHeader().defaultSectionSize()
        shown = min(max(self.table.rowCount(), 2), 5)
        self.table.setFixedHeight(
            self.table.horizontalHeader().sizeHint().height() + shown * height + 2
        )


def _controller(host: str, address: str) -> DomainController:
    """Make a controller as typed; the rules for it are told by the page."""
    return DomainController.model_construct(host=host, address=address or None)


def _controllers(value: Iterable[Any]) -> Iterable[DomainController]:
    for item in value:
        if isinstance(item, DomainController):
            yield item
        elif isinstance(item, str):
            yield _controller(item, "")
        else:
            yield _controller(item[0], item[1])
