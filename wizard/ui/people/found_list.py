"""Who was found by a name, to choose one of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableWidgetItem, QWidget

from wire.text import Text, plural
from wizard.permissions.people_search import FoundPeople, FoundPerson
from wizard.ui.announce import announce
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.presenters.help_desk import container_of
from wizard.ui.widgets.labels import column, label
from wizard.ui.widgets.tables import ReadTable


class FoundTable(ReadTable):
    """A row for each person; Enter or a click chooses."""

    picked = Signal(int)  # the row

    def __init__(self) -> None:
        titles = (tr("Name"), tr("Sign-in name"), tr("OU"))
        super().__init__(titles, tr("People found"))
        self.share_width((1, 1, 2))
        self.cellClicked.connect(lambda at, _column: self.picked.emit(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if self.currentRow() >= 0:
                self.picked.emit(self.currentRow())
            return
        super().keyPressEvent(event)


class FoundList(QWidget):
    """Who was found, with their number; hidden where there is nothing to choose."""

    chosen = Signal(object)  # a FoundPerson

    def __init__(self) -> None:
        super().__init__()
        self.people: tuple[FoundPerson, ...] = ()
        self.note, self.table = label(), FoundTable()
        self.table.picked.connect(lambda at: self.chosen.emit(self.people[at]))
        column(self, self.note, self.table)
        self.hide()

    def show_found(self, found: FoundPeople) -> None:
        """Show whom to choose from; nothing where only one was found."""
        self.people = found.people
        several = len(found.people) > 1
        self.setVisible(several)
        if not several:
            return
        self.note.setText(say(_note(found)))
        self.table.setRowCount(len(found.people))
        for at, person in enumerate(found.people):
            cells = (person.name, person.sign_in_name, container_of(person.dn))
            for place, text in enumerate(cells):
                item = QTableWidgetItem(line(text))
                item.setToolTip(tip(person.dn if place == 2 else text))
                self.table.setItem(at, place, item)
        self.table.fit()
        self.table.setCurrentCell(-1, -1)
        announce(self, self.note.text())

    def mark(self, person: FoundPerson) -> None:
        """Show which one is asked about."""
        if person in self.people:
            self.table.selectRow(self.people.index(person))

    def forget(self) -> None:
        """Show nobody."""
        self.show_found(FoundPeople(()))


def _note(found: FoundPeople) -> Text:
    count = len(found.people)
    if found.more:
        return plural(
            "More than {count} person is so named. Type more of the name.",
            "More than {count} people are so named. Type more of the name.",
            count,
        )
    return plural(
        "{count} person is so named. Choose one.",
        "{count} people are so named. Choose one.",
        count,
    )
