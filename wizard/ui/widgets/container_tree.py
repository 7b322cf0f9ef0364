"""The tree of containers: tri-state, loaded as it opens, off the GUI thread."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from agent.ldap import dn as names
from wire.text import Text
from wizard.results import Container
from wizard.translation import number
from wizard.ui.formatting import line, tip, tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters import container_selection
from wizard.ui.presenters.failure import wording
from wizard.ui.widgets.columns import fit_titles

_DN = Qt.ItemDataRole.UserRole
_LOADED = Qt.ItemDataRole.UserRole + 1
_CHECK = {
    "checked": Qt.CheckState.Checked,
    "partly": Qt.CheckState.PartiallyChecked,
    "clear": Qt.CheckState.Unchecked,
}
Load = Callable[[str], tuple[Container, ...]]


class ContainerTree(QTreeWidget):
    """Check boxes over a domain's containers."""

    chosen_changed = Signal()  # another set of containers is chosen

    def __init__(self) -> None:
        super().__init__()
        self.chosen: tuple[str, ...] = ()
        self._load: Load = lambda _dn: ()
        self._waiting: list[str] = []
        self._items: dict[tuple[names.Rdn, ...], QTreeWidgetItem] = {}
        self.worker = Worker(self, self._loaded, self._failed)
        self.setAccessibleName(tr("Containers of the domain"))
        self.setHeaderLabels([tr("Container"), tr("People")])
        self.setUniformRowHeights(True)
        self.setMinimumHeight(200)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, 90)
        fit_titles(header)
        self.headerItem().setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
        self.itemExpanded.connect(self._opened)
        self.itemChanged.connect(self._ticked)

    def show_domain(self, dn: str, load: Load) -> None:
        """Begin at the head of a domain and open it."""
        self.worker.drop()
        self._load, self._waiting = load, []
        self._items.clear()
        with QSignalBlocker(self):
            self.clear()
            root = self._item(Container(dn, dn, has_children=True, users=-1))
            self.addTopLevelItem(root)
        self.show_chosen(self.chosen)
        root.setExpanded(True)

    def show_chosen(self, chosen: tuple[str, ...]) -> None:
        """Show a set of containers as chosen."""
        self.chosen = chosen
        with QSignalBlocker(self):
            for item in self._items.values():
                state = container_selection.state(item.data(0, _DN), chosen)
                item.setCheckState(0, _CHECK[state])
        self.viewport().update()

    def _item(self, container: Container) -> QTreeWidgetItem:
        people = number(container.users) if container.users >= 0 else ""
        item = QTreeWidgetItem([line(container.name), people])
        item.setSizeHint(0, QSize(0, 26))
        flag = Qt.AlignmentFlag
        item.setTextAlignment(1, flag.AlignRight | flag.AlignVCenter)
        item.setData(0, _DN, container.dn)
        item.setToolTip(0, tip(container.dn))
        all_people = people or Text("all")
        spoken = tr("{name}, {people} people", name=container.name, people=all_people)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, spoken)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        policy = QTreeWidgetItem.ChildIndicatorPolicy
        item.setChildIndicatorPolicy(
            policy.ShowIndicator if container.has_children else policy.DontShowIndicator
        )
        state = container_selection.state(container.dn, self.chosen)
        item.setCheckState(0, _CHECK[state])
        self._items[names.parse(container.dn)] = item
        return item

    def _opened(self, item: QTreeWidgetItem) -> None:
        dn = item.data(0, _DN)
        if not dn or item.data(0, _LOADED) or dn in self._waiting:
            return
        self._fill(item, [_note(tr("Loading…"))])
        self._waiting.append(dn)
        self._next()

    def _next(self) -> None:
        if self._waiting and not self.worker.busy:
            dn, load = self._waiting[0], self._load
            self.worker.start(lambda _report, _stop: load(dn))

    def _loaded(self, containers: tuple[Container, ...]) -> None:
        item = self._items[names.parse(self._waiting.pop(0))]
        below = [self._item(container) for container in containers]
        self._fill(item, below or [_note(tr("No containers below"))], loaded=True)
        self.viewport().update()
        self._next()

    def _failed(self, error: BaseException) -> None:
        item = self._items[names.parse(self._waiting.pop(0))]
        why = wording(error).rstrip(".")
        text = tr(
            "Can't be read: {reason}. Close and open it to try again.", reason=why
        )
        self._fill(item, [_note(text)])
        self._next()

    def _fill(
        self,
        item: QTreeWidgetItem,
        below: list[QTreeWidgetItem],
        *,
        loaded: bool = False,
    ) -> None:
        with QSignalBlocker(self):
            item.takeChildren()
            item.addChildren(below)
            item.setData(0, _LOADED, loaded)

    def _ticked(self, item: QTreeWidgetItem, part: int) -> None:
        dn = item.data(0, _DN)
        if part or not dn:
            return
        if item.checkState(0) == Qt.CheckState.Checked:
            chosen = container_selection.check(dn, self.chosen)
        else:
            chosen = container_selection.clear(dn, self.chosen, self._children)
        self.show_chosen(chosen)
        self.chosen_changed.emit()

    def _children(self, dn: str) -> list[str]:
        item = self._items[names.parse(dn)]
        below = (item.child(at) for at in range(item.childCount()))
        dns = [child.data(0, _DN) for child in below if child]
        return [str(dn) for dn in dns if dn]


def _note(text: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text, ""])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item
