"""The view of a tree of containers: Space ticks, arrows open, rows come on demand."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTreeView

from wizard.ui.announce import announce
from wizard.ui.formatting import tr
from wizard.ui.scope.container_model import ContainerModel, Index

_NEAR = 40  # rows before the end of those that are shown
_AGAIN = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ContainerTree(QTreeView):
    """Check boxes over containers."""

    focused = Signal()  # the keyboard is at another row

    def __init__(self, name: str) -> None:
        super().__init__()
        self.containers = ContainerModel(self)
        self.setModel(self.containers)
        self.setAccessibleName(name)
        self.setUniformRowHeights(True)
        self.setHeaderHidden(True)
        self.setMinimumHeight(200)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.containers.ticked.connect(self.viewport().update)
        self.containers.empty.connect(self._say_empty)
        self.clicked.connect(self._clicked)
        self.verticalScrollBar().valueChanged.connect(self._fetch_below_sight)

    def open_first(self) -> None:
        """Open the first row, and have the keyboard begin there."""
        first = self.containers.index(0, 0)
        self.setCurrentIndex(first)
        self.expand(first)
        # Qt reads as it draws, and of the whole domain no tree is drawn
        if self.containers.canFetchMore(first):
            self.containers.fetchMore(first)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._fetch_after(current)
        self.focused.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        here = self.currentIndex()
        if event.key() in _AGAIN and self.containers.reads_again(here):
            self._read_again(here)
            return
        super().keyPressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if self.containers.reads_again(index):
            self._read_again(index)

    def _read_again(self, index: QModelIndex) -> None:
        self.setCurrentIndex(index.parent())  # its row goes
        self.containers.read_again(index)

    def _fetch_below_sight(self) -> None:
        last = self.indexAt(QPoint(1, self.viewport().height() - 1))
        if not last.isValid():  # it ends above
            last = self.indexAt(QPoint(1, 1))
        self._fetch_after(last)

    def _fetch_after(self, index: Index) -> None:
        """Have more rows beside one, and beside those above it, where few are left."""
        while index.isValid():
            above = index.parent()
            left = self.containers.rowCount(above) - index.row()
            if left < _NEAR and self.containers.canFetchMore(above):
                self.containers.fetchMore(above)
            index = above

    def _say_empty(self, name: str) -> None:
        announce(self, tr("No containers below {name}", name=name))
