"""What is asked before the wizard is left."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QMessageBox, QSpacerItem, QWidget

from wire.text import Text
from wizard.ui.formatting import say, tr
from wizard.ui.page import WizardPage
from wizard.ui.theme import palette
from wizard.ui.theme.icons import pixmap

_LETTERS = 60  # of a line of a question, about


@dataclass(frozen=True)
class Question:
    """A question with the answer that does something, and the one that does not."""

    title: Text
    text: Text
    act: tuple[Text, Callable[[], Any]] | None
    stay: Text


def question_of(page: WizardPage, leave: Callable[[], Any]) -> Question | None:
    """Give the question that stands before `leave`; None where nothing is lost."""
    if page.changing_machine:
        return _while_changing(page)
    if not page.asks_to_leave:
        return None
    text = _keep(page)
    return Question(
        Text("Leave the wizard?"), text, (Text("Leave"), leave), Text("Stay")
    )


def _keep(page: WizardPage) -> Text:
    """Keep the answers of an installation before the question; say whether they are."""
    session = page.session
    installing = session.answers.installed is None and not session.answers.recovery
    if session.kept is None or not installing or session.answers.reading:
        return Text("Your answers are not kept. Nothing more will be changed.")
    try:
        session.kept.keep(page.page.id, session.answers)
    except OSError as error:
        from wire.system_reason import system_reason  # it knows of TLS too

        why = system_reason(error)
        return Text("Your answers can't be kept: {why}.", why=why)
    return Text(
        "Your answers are kept for you on this machine and offered again; passwords "
        "and the code are not. Nothing more will be changed."
    )


def _while_changing(page: WizardPage) -> Question:
    title, go_on = Text("Changes are being made"), Text("Go on")
    if page.can_stop:
        text = Text("Stop, and roll back what was done so far?")
        return Question(title, text, (Text("Stop and roll back"), page.stop), go_on)
    text = Text("This can't be stopped; the wizard can be left once it is done.")
    return Question(title, text, None, go_on)


def _lay(dialog: QMessageBox) -> None:
    """Give a question its mark, and lines as long as can be read."""
    ink = palette.inks(dialog.palette()).warning
    side, ratio = 2 * palette.icon_side(), dialog.devicePixelRatioF()
    dialog.setIconPixmap(pixmap("triangle-alert", ink, side, ratio))
    place = dialog.layout()
    assert isinstance(place, QGridLayout)
    wide = dialog.fontMetrics().averageCharWidth() * _LETTERS
    last = place.rowCount(), place.columnCount()
    place.addItem(QSpacerItem(wide, 0), last[0], 0, 1, last[1])


def ask(parent: QWidget, question: Question) -> QMessageBox:
    """Show a question, which Enter and Escape answer with staying."""
    dialog = QMessageBox(parent)
    dialog.setWindowTitle(tr("Writeback"))
    dialog.setText(say(question.title))
    dialog.setInformativeText(say(question.text))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _lay(dialog)
    if question.act:
        name, act = question.act
        button = dialog.addButton(say(name), QMessageBox.ButtonRole.AcceptRole)
        button.clicked.connect(act)
    stay = dialog.addButton(say(question.stay), QMessageBox.ButtonRole.RejectRole)
    dialog.setDefaultButton(stay)
    dialog.setEscapeButton(stay)
    dialog.open()
    return dialog
