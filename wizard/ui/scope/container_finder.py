"""The tree of a domain's containers, and a field that finds them by name anywhere."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from agent.config.settings import DirectorySettings
from wire.text import Text, plural
from wizard.flow.proposals import base_dn
from wizard.results import Container, FoundContainers
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.containers import DomainContainers
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.container_selection import ContainerSelection
from wizard.ui.presenters.failure import wording
from wizard.ui.scope.container_tree import ContainerTree
from wizard.ui.widgets.enter_action import run_on_enter
from wizard.ui.widgets.labels import LiveLabel, button, column, row
from wizard.ui.widgets.search_field import SearchField

_TYPING_MS = 400  # nothing is asked while somebody types


class FilterLine(SearchField):
    """What is typed to find; arrow down goes to what was found."""

    down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down.emit()
        else:
            super().keyPressEvent(event)


class ContainerFinder(QWidget):
    """Shows the tree; the containers that were found while something is typed."""

    ticked = Signal()  # another set of containers is chosen
    focused = Signal()  # the keyboard is at another container

    def __init__(self) -> None:
        super().__init__()
        self.selection = ContainerSelection()
        self.worker = Worker(self, self._found, self._failed)
        self._domain: DomainContainers | None = None
        self.tree = ContainerTree(tr("Containers of the domain"))
        self.hits = ContainerTree(tr("Containers found"))
        self.hits.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.hits.containers.names_whole = True
        self.stack = QStackedWidget()
        for tree in (self.tree, self.hits):
            self.stack.addWidget(tree)
            tree.containers.ticked.connect(self.ticked)
            tree.focused.connect(self.focused)
        self.told = LiveLabel(muted=True)
        self.told.hide()
        column(self, self._field(), self.told, self.stack)

    def _field(self) -> QWidget:
        name = tr("Find containers by a part of their name")
        self.line = FilterLine(name, tr("Find by name"))
        self.line.setToolTip(tr("A part of the name, or a distinguished name"))
        self.line.setAccessibleDescription(self.line.toolTip())
        self.line.textChanged.connect(self._typed)
        self.line.down.connect(self._go_down)
        self.find_button = button(tr("Find"), self.find_now, name)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TYPING_MS)
        self._soon.timeout.connect(self.find_now)
        field = QWidget()
        field.setLayout(row(self.line, self.find_button, grows=0))
        run_on_enter(field, self.find_button)
        return field

    @property
    def shown(self) -> ContainerTree:
        """The tree, or the containers that were found."""
        return self.hits if self.stack.currentWidget() is self.hits else self.tree

    @property
    def current(self) -> Container | None:
        """The container at which the keyboard is; None for none."""
        return self.shown.containers.container(self.shown.currentIndex())

    @property
    def note(self) -> str:
        """What the row says at which the keyboard is, where that is no container."""
        return "" if self.current else str(self.shown.currentIndex().data() or "")

    def show_domain(
        self, directory: DirectorySettings, containers: DomainContainers
    ) -> None:
        """Begin at the head of a domain and open it."""
        self._domain = containers
        self.line.clear()
        head = base_dn(directory.domain)
        found = FoundContainers((Container(head, directory.domain, "domain"),))
        self.tree.containers.show_containers(found, containers.below)
        self.tree.open_first()

    def show_selection(self, selection: ContainerSelection) -> None:
        """Show a set of containers as chosen."""
        self.selection = selection
        for tree in (self.tree, self.hits):
            tree.containers.show_selection(selection)
            tree.viewport().update()

    def find_now(self) -> None:
        """Find in the directory what is typed."""
        self._soon.stop()
        text = self.line.text().strip()
        if text and self._domain:
            self._tell(Text("Searching…"))
            self.worker.start(self._domain.find(text))

    def leave(self) -> None:
        """Give up the search: another page is shown."""
        self._soon.stop()
        self.worker.drop()

    def _go_down(self) -> None:
        self.shown.setFocus()

    def _typed(self, text: str) -> None:
        if text.strip():
            self._soon.start()
            return
        self.leave()
        self.told.hide()
        self._show(self.tree)

    def _found(self, found: FoundContainers) -> None:
        assert self._domain
        self.hits.containers.show_containers(found, self._domain.below)
        self._tell(_sum_up(found))
        self._show(self.hits)
        self.hits.setCurrentIndex(self.hits.containers.index(0, 0))

    def _failed(self, error: BaseException) -> None:
        self._tell(Text("Can't be searched: {reason}", reason=wording(error)))

    def _tell(self, text: Text) -> None:
        self.told.setText(say(text))
        self.told.show()

    def _show(self, tree: ContainerTree) -> None:
        self.stack.setCurrentWidget(tree)
        self.focused.emit()


def _sum_up(found: FoundContainers) -> Text:
    count = len(found.found)
    if found.more:
        return Text(
            "The first {count} are shown; there are more. Type more of the name.",
            count=count,
        )
    if not count:
        return Text("No container has this in its name.")
    return plural("{count} container found", "{count} containers found", count)
