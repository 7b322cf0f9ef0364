"""The containers of a domain as a lazy tree: read as they open, shown as they scroll.

What is not opened is not known. Of thousands below one container some hundred are
rows at first, and more as the view comes near their end (`canFetchMore`). A box that
is clicked touches its own row and those above it, however many lie beside it.
"""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import count
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QIcon

from agent.ldap.dn import canonical
from wizard.results import Container, FoundContainers
from wizard.ui.formatting import line, tip, tr
from wizard.ui.jobs.worker import Job, Worker
from wizard.ui.presenters.container_selection import ContainerSelection
from wizard.ui.presenters.container_words import KINDS
from wizard.ui.presenters.failure import wording
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon

ROLE = Qt.ItemDataRole
CHUNK = 250  # rows that are made at once
Index = QModelIndex | QPersistentModelIndex
_NONE = QModelIndex()
# made once: a view asks for those of each row whenever there is another
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_TICKED = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable
_CHECK = {
    "checked": Qt.CheckState.Checked,
    "partly": Qt.CheckState.PartiallyChecked,
    "clear": Qt.CheckState.Unchecked,
}


class Opened(Enum):
    """How far a container is read."""

    NO = auto()
    READING = auto()
    FAILED = auto()
    READ = auto()


class Node:
    """A row: a container, or a note in the place of some."""

    __slots__ = (
        *("above", "at", "below", "container", "key", "more", "note", "opened", "rest"),
    )

    def __init__(
        self,
        key: int,
        above: "Node | None",
        at: int,
        container: Container | None,
        note: "Note | None" = None,
    ) -> None:
        self.key, self.above, self.at = key, above, at
        self.container, self.note = container, note
        self.below: list[Node] = []
        self.rest: Sequence[Container] = ()  # read, and no rows yet
        self.more = False  # others were not read
        self.opened = Opened.NO if container else Opened.READ


class Note:
    """What a row says that is no container; `again`: it reads the container anew."""

    def __init__(self, text: str, icon_name: str, *, again: bool = False) -> None:
        self.text, self.icon_name, self.again = text, icon_name, again


class ContainerModel(QAbstractItemModel):
    """Rows of containers over a selection that others may show too."""

    ticked = Signal()  # another set of containers is chosen
    answered = Signal()  # a container was read
    empty = Signal(str)  # the name of a container that was opened and has none below

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selection = ContainerSelection()
        self.names_whole = False  # the first rows lie anywhere in the domain
        self.worker = Worker(self, self._read, self._failed)
        self._read_below: Callable[[str], Job] | None = None
        self._keys = count(1)
        self._nodes: dict[int, Node] = {}
        self._top = self._node(None, 0, None)
        self._waiting: list[Node] = []

    def show_containers(
        self, found: FoundContainers, read_below: Callable[[str], Job]
    ) -> None:
        """Begin with some containers, none of which is open."""
        self.worker.drop()
        self.beginResetModel()
        self._read_below, self._waiting = read_below, []
        self._nodes.clear()
        self._top = self._node(None, 0, None)
        self._top.rest, self._top.more = found.found, found.more
        self._top.below += self._new_rows(self._top)
        self.endResetModel()

    def show_selection(self, selection: ContainerSelection) -> None:
        """Show another set of containers as chosen."""
        self.selection = selection
        rows = self.rowCount()
        if rows:
            first, last = self.index(0, 0), self.index(rows - 1, 0)
            self.dataChanged.emit(first, last, [ROLE.CheckStateRole])

    def container(self, index: Index) -> Container | None:
        """Give the container of a row; None for a note."""
        return self._at(index).container if index.isValid() else None

    def reads_again(self, index: Index) -> bool:
        """Say whether a row is there to try again what failed."""
        note = self._at(index).note if index.isValid() else None
        return note is not None and note.again

    def read_again(self, index: Index) -> None:
        """Read anew what is above a row that says so."""
        above = self._at(index).above
        if above is not None and above.opened is Opened.FAILED:
            self._begin(above)

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        above = self._at(parent)
        if column or not 0 <= row < len(above.below):
            return _NONE
        return self.createIndex(row, 0, above.below[row].key)

    def parent(self, index: Index | None = None) -> Any:
        if index is None:
            return super().parent()
        above = self._at(index).above
        if above is None or above is self._top:
            return QModelIndex()
        return self._index(above)

    def rowCount(self, parent: Index | None = None) -> int:
        return len(self._at(parent).below)

    def columnCount(self, _parent: Index | None = None) -> int:
        return 1

    def hasChildren(self, parent: Index | None = None) -> bool:
        node = self._at(parent)
        if node.container is None and node is not self._top:
            return False
        return node.opened is not Opened.READ or bool(node.below or node.rest)

    def canFetchMore(self, parent: Index) -> bool:
        node = self._at(parent)
        return node.opened is Opened.NO or bool(node.rest)

    def fetchMore(self, parent: Index) -> None:
        node = self._at(parent)
        if node.opened is Opened.NO:
            self._begin(node)
        elif rows := self._new_rows(node):
            at = len(node.below)
            self.beginInsertRows(self._index(node), at, at + len(rows) - 1)
            node.below += rows
            self.endInsertRows()

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _TICKED if self._at(index).container else _PLAIN

    def data(self, index: Index, role: int = ROLE.DisplayRole) -> Any:
        node = self._at(index)
        if node.container is None:
            return _of_note(node.note, role) if node.note else None
        if role == ROLE.DisplayRole and self.names_whole and node.above is self._top:
            return line(canonical(node.container.dn))
        return self._of_container(node.container, role)

    def _of_container(self, container: Container, role: int) -> Any:
        kind = KINDS[container.kind]
        if role == ROLE.DisplayRole:
            return line(container.name)
        if role == ROLE.CheckStateRole:
            return _CHECK[self.selection.state(container.dn)]
        if role == ROLE.DecorationRole:
            return _icon(kind.icon)
        if role == ROLE.AccessibleTextRole:
            return self._spoken(container)
        if role == ROLE.AccessibleDescriptionRole:
            return line(canonical(container.dn))
        if role == ROLE.ToolTipRole:
            return tip(line(canonical(container.dn)))
        return None

    def _spoken(self, container: Container) -> str:
        """Name a row for screen readers, which Qt tells a box is ticked or not."""
        name, kind = container.name, KINDS[container.kind].name
        if self.selection.state(container.dn) == "partly":
            return tr("{name}, {kind}, partly ticked", name=name, kind=kind)
        return tr("{name}, {kind}", name=name, kind=kind)

    def setData(self, index: Index, value: Any, role: int = ROLE.EditRole) -> bool:
        container = self.container(index)
        if role != ROLE.CheckStateRole or container is None:
            return False
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self.selection.check(container.dn)
        else:
            self.selection.clear(container.dn)
        self._redraw_way(self._at(index))
        self.ticked.emit()
        return True

    def _redraw_way(self, node: Node) -> None:
        """Have a row and those above it drawn; what is below, its view draws anew."""
        way: Node | None = node
        while way is not None and way is not self._top:
            index = self._index(way)
            self.dataChanged.emit(index, index, [ROLE.CheckStateRole])
            way = way.above

    def _begin(self, node: Node) -> None:
        node.opened = Opened.READING
        self._put_notes(node, (Note(tr("Loading…"), "loader-circle"),))
        self._waiting.append(node)
        self._next()

    def _next(self) -> None:
        if self._waiting and not self.worker.busy and self._read_below:
            container = self._waiting[0].container
            assert container
            self.worker.start(self._read_below(container.dn))

    def _read(self, found: FoundContainers) -> None:
        node = self._waiting.pop(0)
        node.opened, node.rest, node.more = Opened.READ, found.found, found.more
        self._put_notes(node, ())
        self.fetchMore(self._index(node))
        if not node.below and node.container:
            self.empty.emit(line(node.container.name))
        self.answered.emit()
        self._next()

    def _failed(self, error: BaseException) -> None:
        node = self._waiting.pop(0)
        node.opened = Opened.FAILED
        reason = wording(error)
        why = Note(tr("Can't be read: {reason}", reason=reason), "circle-x")
        again = Note(tr("Try again"), "refresh-cw", again=True)
        self._put_notes(node, (why, again))
        self._next()

    def _put_notes(self, node: Node, notes: Sequence[Note]) -> None:
        """Have notes below a container, in place of those there were."""
        index = self._index(node)
        if node.below:
            self.beginRemoveRows(index, 0, len(node.below) - 1)
            for each in node.below:
                del self._nodes[each.key]
            node.below = []
            self.endRemoveRows()
        if notes:
            self.beginInsertRows(index, 0, len(notes) - 1)
            for at, note in enumerate(notes):
                node.below.append(self._node(node, at, None, note))
            self.endInsertRows()

    def _new_rows(self, node: Node) -> list[Node]:
        """Make the next rows of what was read; the last says that there are others."""
        at = len(node.below)
        now, node.rest = node.rest[:CHUNK], node.rest[CHUNK:]
        rows = [self._node(node, at + n, each) for n, each in enumerate(now)]
        if node.more and not node.rest:
            node.more = False
            rows.append(self._node(node, at + len(rows), None, _others()))
        return rows

    def _node(
        self,
        above: Node | None,
        at: int,
        container: Container | None,
        note: Note | None = None,
    ) -> Node:
        node = Node(next(self._keys), above, at, container, note)
        self._nodes[node.key] = node
        return node

    def _at(self, index: Index | None) -> Node:
        # no row has the number 0, which is that of an index that is none
        return self._nodes.get(index.internalId() if index else 0, self._top)

    def _index(self, node: Node) -> QModelIndex:
        if node is self._top:
            return QModelIndex()
        return self.createIndex(node.at, 0, node.key)


def _others() -> Note:
    return Note(tr("There are more: find them by their name"), "search")


def _of_note(note: Note, role: int) -> Any:
    if role in (ROLE.DisplayRole, ROLE.AccessibleTextRole):
        return note.text
    if role == ROLE.ToolTipRole:
        return tip(note.text)
    if role == ROLE.DecorationRole:
        return _icon(note.icon_name)
    return None


def _icon(name: str) -> QIcon:
    return _in_colour(name, palette.inks(QGuiApplication.palette()).muted)


_in_colour = lru_cache(maxsize=64)(icon)  # a row asks for its own at each stroke
