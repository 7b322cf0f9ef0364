"""The last answers about one person in time: outcome, reason, code, the record."""

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QWidget

from wire.text import Text, moment
from wizard.health.answers import Answer, Kind
from wizard.health.person_answers import PersonAnswers
from wizard.ui.formatting import line, say, tip, tr
from wizard.ui.people.code_links import CodeLinks
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import button, column, heading, label, row
from wizard.ui.widgets.tables import ReadTable
from wizard.ui.widgets.text_viewer import TextDialog

_MARKS = {
    Kind.DONE: ("circle-check", "ok"),
    Kind.REFUSED: ("circle-minus", "warning"),
    Kind.FAILED: ("circle-x", "failed"),
}
_WORDS = {
    Kind.DONE: Text("Done"),
    Kind.REFUSED: Text("Refused"),
    Kind.FAILED: Text("Failed"),
}
_OUTCOME = 2  # the column that has the mark


class AnswerHistory(QWidget):
    """A row for each answer, newest first; the chosen one can be opened."""

    code_wanted = Signal(str)  # what the guide says of it

    def __init__(self) -> None:
        super().__init__()
        self.answers: tuple[Answer, ...] = ()
        self.note = label(muted=True)
        titles = (tr("Time"), tr("Request"), tr("Outcome"), tr("Code"))
        self.table = ReadTable(titles, tr("Last answers about this person"))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.table.doubleClicked.connect(lambda _index: self.open_record())
        self.codes = CodeLinks()
        self.codes.wanted.connect(self.code_wanted)
        name = tr("Open the audit record of this answer")
        self.open = button(tr("Open the &record"), self.open_record, name)
        self.dialog: TextDialog | None = None
        title = heading(tr("Last answers about this person"))
        self.reason = label()
        parts = (title, self.note, self.table, self.reason, self.codes)
        column(self, *parts, row(self.open))
        self.hide()

    def show_answers(self, found: PersonAnswers, now: datetime) -> None:
        """Show these in place of the ones before, in the time zone of `now`."""
        self.answers = found.answers
        self.note.setText(say(_note(found, now)))
        self.table.setRowCount(len(found.answers))
        for at, answer in enumerate(found.answers):
            for place, text in enumerate(_cells(answer, now)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(text))
                self.table.setItem(at, place, item)
            self._mark(at, answer.kind)
        self.table.fit()
        for part in (self.table, self.open):
            part.setVisible(bool(found.answers))
        self.table.clearSelection()
        if found.answers:
            self.table.selectRow(0)
        self._chosen()
        self.show()

    def _mark(self, at: int, kind: Kind) -> None:
        name, ink = _MARKS[kind]
        item = self.table.item(at, _OUTCOME)
        if item is not None:
            item.setIcon(icon(name, getattr(palette.inks(self.palette()), ink)))

    @property
    def chosen(self) -> Answer | None:
        """The answer of the row that is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self.answers[rows[0].row()] if rows else None

    def _chosen(self) -> None:
        answer = self.chosen
        self.open.setEnabled(answer is not None)
        self.reason.setText(say(_reason(answer)) if answer else "")
        self.reason.setVisible(answer is not None)
        self.codes.show_codes([answer.code] if answer else [])

    def open_record(self) -> None:
        """Show the whole audit record of the chosen answer."""
        answer = self.chosen
        if answer is None:
            return
        title, note = tr("Audit record"), say(_reason(answer))
        self.dialog = TextDialog(
            self.window(), title, note, answer.record, "record.json"
        )
        self.dialog.open()


def _cells(answer: Answer, now: datetime) -> tuple[str, ...]:
    time = moment(answer.at.astimezone(now.tzinfo), seconds=True)
    words = say(_WORDS[answer.kind])
    return say(time), say(answer.operation), words, line(answer.code)


def _reason(answer: Answer) -> Text:
    if not answer.remedy:
        return answer.reason
    return Text(
        "{reason} What to do: {remedy}", reason=answer.reason, remedy=answer.remedy
    )


def _note(found: PersonAnswers, now: datetime) -> Text:
    if found.trouble:
        return Text("The audit records can't be read: {why}.", why=found.trouble)
    if found.since is None:
        return Text("")
    since = moment(found.since.astimezone(now.tzinfo))
    if not found.answers:
        return Text(
            "This agent has answered nothing about them since {time}.", time=since
        )
    if found.more:
        return Text("The newest ones, back to {time}.", time=since)
    return Text("Since {time}, of this agent.", time=since)
