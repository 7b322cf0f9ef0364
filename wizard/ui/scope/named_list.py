"""The containers that make the scope, and those left out; each can be removed."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from wire.text import Text, plural
from wizard.ui.announce import announce
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.presenters.container_selection import NamedContainer
from wizard.ui.presenters.container_words import named_in_words
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import button, column, label, row

ROLE = Qt.ItemDataRole
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_ROWS = 3  # seen at once
_Index = QModelIndex | QPersistentModelIndex


class NamedModel(QAbstractListModel):
    """A row for each container that is named, in the order in which they were."""

    def __init__(self) -> None:
        super().__init__()
        self.named: Sequence[NamedContainer] = ()
        self.gone: frozenset[str] = frozenset()

    def show_named(self, named: Sequence[NamedContainer], gone: frozenset[str]) -> None:
        """Show other containers; `gone` are those that are not in the directory."""
        self.beginResetModel()
        # what needs something done comes first
        self.named = sorted(named, key=lambda each: each.dn not in gone)
        self.gone = gone
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent and parent.isValid() else len(self.named)

    def data(self, index: _Index, role: int = ROLE.DisplayRole) -> Any:
        each = self.named[index.row()]
        gone = each.dn in self.gone
        if role == ROLE.DisplayRole:
            words = named_in_words(each.dn, included=each.included, gone=gone)
            return say(words)
        if role == ROLE.ToolTipRole:
            return tip(line(each.dn))
        if role == ROLE.DecorationRole:
            inks = palette.inks(QGuiApplication.palette())
            if gone:
                return icon("triangle-alert", inks.warning)
            name = "circle-check" if each.included else "circle-minus"
            return icon(name, inks.ok if each.included else inks.muted)
        return None


class NamedList(QWidget):
    """The list, with what it comes to above it and a button to remove a row."""

    removed = Signal(str)  # the DN of a container that is to be named no more
    focused = Signal(str)  # the DN of the row at which the keyboard is

    def __init__(self) -> None:
        super().__init__()
        self.rows = NamedModel()
        self.sum_up, self.warning = label(), label()
        self.warning.hide()
        self.view = _View(self.remove)
        self.view.setModel(self.rows)
        self.view.setAccessibleName(tr("Containers of the scope"))
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.remove_button = button(tr("Remove"), self.remove, tr("Remove the row"))
        column(
            self, row(self.sum_up, self.remove_button, grows=0), self.warning, self.view
        )
        self.show_named((), frozenset())

    @property
    def current(self) -> str:
        """The DN of the row that is chosen; empty for none."""
        at = self.view.currentIndex().row()
        return self.rows.named[at].dn if 0 <= at < len(self.rows.named) else ""

    def show_named(self, named: Sequence[NamedContainer], gone: frozenset[str]) -> None:
        """Show what is chosen and left out, and what of it is gone."""
        self.rows.show_named(named, gone)
        left_out = sum(not each.included for each in named)
        self.sum_up.setText(say(_sum_up(len(named) - left_out, left_out)))
        warning = say(_warning(named, gone))
        told = warning != self.warning.text()
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
        if told and self.isVisible():
            announce(self, warning)
        for part in (self.view, self.remove_button):
            part.setVisible(bool(named))
        self._arrange()

    def remove(self) -> None:
        """Name the container of the chosen row no more."""
        if dn := self.current:
            self.removed.emit(dn)

    def _moved(self) -> None:
        self._arrange()
        if self.view.hasFocus() and self.current:
            self.focused.emit(self.current)

    def _arrange(self) -> None:
        self.remove_button.setEnabled(bool(self.current))


class _View(QListView):
    def __init__(self, remove: Any) -> None:
        super().__init__()
        self._remove = remove
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        high = palette.row_height(self.fontMetrics())
        self.setFixedHeight(_ROWS * high + 2 * self.frameWidth())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _REMOVE:
            self._remove()
        else:
            super().keyPressEvent(event)


def _sum_up(chosen: int, left_out: int) -> Text:
    if not chosen:
        return Text("Nothing is chosen. Tick the containers whose people may be reset.")
    whole = plural(
        "{count} container chosen, with everything below it",
        "{count} containers chosen, each with everything below it",
        chosen,
    )
    if not left_out:
        return whole
    others = plural("{count} left out", "{count} left out", left_out)
    return Text("{chosen}; {others}", chosen=whole, others=others)


def _warning(named: Sequence[NamedContainer], gone: frozenset[str]) -> Text:
    lost = [each for each in named if each.dn in gone]
    if not lost:
        return Text("")
    if any(not each.included for each in lost):
        return Text(
            "A container that is left out is not found: nobody at all is reset until "
            "it is removed here."
        )
    return plural(
        "{count} container is not found. Remove it, or choose it where it is now.",
        "{count} containers are not found. Remove them, or choose them where they are "
        "now.",
        len(lost),
    )
