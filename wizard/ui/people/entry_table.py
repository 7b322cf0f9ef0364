"""The entries of a person's permissions in their order, the deciding one marked."""

from PySide6.QtWidgets import (
    QCheckBox,
    QHeaderView,
    QTableWidgetItem,
    QWidget,
)

from wire.text import EMPTY, Text, plural
from wizard.permissions.listed_entries import (
    NOTHING_LISTED,
    Effect,
    EntryList,
    ListedEntry,
)
from wizard.ui.formatting import say, tip, tr, without_mnemonic
from wizard.ui.presenters.verdict import names_of
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import add, column, heading, label
from wizard.ui.widgets.tables import ReadTable

_MARKS = {
    Effect.ALLOWS: ("circle-check", "ok"),
    Effect.DENIES: ("circle-x", "failed"),
    Effect.LEAVES_OPEN: ("triangle-alert", "warning"),
}


class EntryPanel(QWidget):
    """All entries, or those about the service account alone."""

    def __init__(self) -> None:
        super().__init__()
        self._listed = NOTHING_LISTED
        name = tr("Permissions on this person, in their order")
        self.title, self.note = heading(name), label(muted=True)
        own = tr("&Only those about the service account")
        self.own = QCheckBox(own)
        self.own.setAccessibleName(without_mnemonic(own))
        self.own.toggled.connect(self._fill)
        titles = (tr("Place"), tr("Entry"), tr("Decides"))
        self.table = ReadTable(titles, name)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.shown: tuple[ListedEntry, ...] = ()
        add(column(self), self.title, self.note, self.own, self.table)
        self.hide()

    def show_entries(self, listed: EntryList) -> None:
        """Show these in place of the ones before; hidden where there are none."""
        self._listed = listed
        self.setVisible(bool(listed.entries))
        note = say(_note(listed))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._fill()

    def _fill(self) -> None:
        only = self.own.isChecked()
        entries = self._listed.entries
        self.shown = tuple(each for each in entries if each.applies or not only)
        self.table.setRowCount(len(self.shown))
        for at, entry in enumerate(self.shown):
            self._fill_row(at, entry)
        self.table.fit()
        self._go_to_deciding()

    def _fill_row(self, at: int, entry: ListedEntry) -> None:
        decides = _decides(entry)
        for place, text in enumerate((str(entry.place), say(entry.words), decides)):
            item = QTableWidgetItem(text)
            item.setToolTip(tip(text))
            if decides:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self.table.setItem(at, place, item)
            if decides and place == 2:
                name, ink = _MARKS[entry.effect]
                inks = palette.inks(self.palette())
                item.setIcon(icon(name, getattr(inks, ink)))

    def _go_to_deciding(self) -> None:
        for at, entry in enumerate(self.shown):
            if entry.decides:
                self.table.selectRow(at)
                self.table.scrollTo(self.table.model().index(at, 1))
                return
        self.table.clearSelection()


def _decides(entry: ListedEntry) -> str:
    if not entry.decides:
        return ""
    operations = names_of(entry.decides)
    return {
        Effect.ALLOWS: tr("Allows: {operations}", operations=operations),
        Effect.DENIES: tr("Denies: {operations}", operations=operations),
        Effect.LEAVES_OPEN: tr("Leaves open: {operations}", operations=operations),
    }[entry.effect]


def _note(listed: EntryList) -> Text:
    if listed.entries and not any(entry.decides for entry in listed.entries):
        return Text("None of them decides: no entry speaks of what the agent does.")
    if listed.left_out:
        return plural(
            "{count} more entry decides nothing and is not listed.",
            "{count} more entries decide nothing and are not listed.",
            listed.left_out,
        )
    return EMPTY
