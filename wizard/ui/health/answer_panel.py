"""The last answers with their reason; each can be opened as its audit record."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableWidgetItem

from wire.text import Text, moment
from wizard.health.answers import Answer, Kind
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.health.enter_button import EnterButton
from wizard.ui.health.outcome_bars import WORDS
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import Panel, add, heading, label, row
from wizard.ui.widgets.tables import ReadTable
from wizard.ui.widgets.text_viewer import TextDialog

_MARKS = {
    Kind.DONE: ("circle-check", "ok"),
    Kind.REFUSED: ("circle-minus", "warning"),
    Kind.FAILED: ("circle-x", "failed"),
}


class AnswerTable(ReadTable):
    """A row for each answer, newest first."""

    def __init__(self) -> None:
        self.answers: tuple[Answer, ...] = ()
        titles = (tr("Time"), tr("Person"), tr("Answer"))
        super().__init__(titles, tr("Last answers"))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.share_width((0, 1, 4), whole=(0,))

    def show_answers(self, answers: Sequence[Answer], zone: tzinfo | None) -> None:
        """Show other answers; the one that is chosen stays so."""
        chosen = self.chosen
        self.answers = tuple(answers)
        self.setRowCount(len(answers))
        for at, answer in enumerate(answers):
            for place, text in enumerate(_cells(answer, zone)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(text))
                self.setItem(at, place, item)
            self._mark(at, answer.kind)
        self.fit()
        if chosen in self.answers:
            self.selectRow(self.answers.index(chosen))

    def _mark(self, at: int, kind: Kind) -> None:
        name, ink = _MARKS[kind]
        item = self.item(at, 2)
        if item is not None:
            item.setIcon(icon(name, getattr(palette.inks(self.palette()), ink)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for at, answer in enumerate(self.answers):
                self._mark(at, answer.kind)

    @property
    def chosen(self) -> Answer | None:
        """The answer of the row that is chosen."""
        rows = self.selectionModel().selectedRows()
        return self.answers[rows[0].row()] if rows else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen:
            self.doubleClicked.emit(self.currentIndex())  # as the mouse opens it
            return
        super().keyPressEvent(event)


def _cells(answer: Answer, zone: tzinfo | None) -> tuple[str, str, str]:
    what = Text(
        "{outcome} ({operation})",
        outcome=WORDS[answer.kind],
        operation=answer.operation,
    )
    time = moment(answer.at.astimezone(zone), seconds=True)
    if answer.kind is not Kind.DONE:
        what = Text("{outcome}: {reason}", outcome=what, reason=answer.reason)
    return say(time), line(answer.person or answer.dn), say(what)


class AnswerPanel(Panel):
    """The table, the record of the answer that is chosen, and what its code means."""

    code_wanted = Signal(str)  # what the guide says of it

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Answer, ...] | None = None
        self.table = AnswerTable()
        self.nothing = label(
            tr("None yet. Each answer of the agent is listed here."), muted=True
        )
        self.open = EnterButton(tr("&Open the record"), self.open_record)
        self.dialog: TextDialog | None = None
        add(self.column, heading(tr("Last answers")), self.nothing, self.table)
        self.codes = CodeLinks()
        self.codes.wanted.connect(self.code_wanted)
        add(self.column, row(self.open, self.codes, grows=1))
        self.table.itemSelectionChanged.connect(self._arrange)
        self.table.doubleClicked.connect(lambda _index: self.open_record())

    def show_answers(self, answers: Sequence[Answer], zone: tzinfo | None) -> None:
        """Show other answers; nothing is made anew where they are the same."""
        if tuple(answers) == self._shown:
            return
        self._shown = tuple(answers)
        self.table.show_answers(answers, zone)
        self.table.setVisible(bool(answers))
        self.open.setVisible(bool(answers))
        self.nothing.setVisible(not answers)
        self._arrange()

    def _arrange(self) -> None:
        chosen = self.table.chosen
        self.open.setEnabled(chosen is not None)
        self.codes.show_codes((chosen.code,) if chosen else ())

    def open_record(self) -> None:
        """Show the whole audit record of the answer that is chosen."""
        answer = self.table.chosen
        if answer is None:
            return
        note = Text("{reason} {remedy}", reason=answer.reason, remedy=answer.remedy)
        title = tr("Audit record")
        self.dialog = TextDialog(
            self.window(), title, say(note), answer.record, "record.json"
        )
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.open()
