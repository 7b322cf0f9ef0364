"""What comes next once it works: each step with its link."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from wire.text import Text
from wizard.ui.formatting import say, tr
from wizard.ui.widgets.labels import button, column, heading, label, row

# the task that each leads to; empty leads to the health page
_STEPS = (
    (
        "permissions",
        Text("See who can be reset"),
        Text("Everybody in the scope with the cause, and what would fix it."),
    ),
    (
        "explain",
        Text("Troubleshoot one person"),
        Text("Which entry decides, and what to do."),
    ),
    (
        "view",
        Text("Save the settings"),
        Text(
            "A file without secrets. Keep it as a backup, and set up a second agent "
            "from it on another server: resets go on while one is restarted."
        ),
    ),
    (
        "",
        Text("Watch how it is"),
        Text(
            "The first page of this wizard from now on. In a terminal: writeback "
            "status --watch."
        ),
    ),
)


class NextSteps(QWidget):
    """The steps; `chosen` names the task of one that was pressed."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        place = column(self, heading(tr("Next steps")), spacing=10)
        for task, title, text in _STEPS:
            place.addWidget(self._step(task, title, text))

    def _step(self, task: str, title: Text, text: Text) -> QWidget:
        words = say(text)
        open_it = button(tr("Open"), name=say(title))
        open_it.setAccessibleDescription(words)
        open_it.clicked.connect(lambda: self.chosen.emit(task))
        whole = QWidget()
        about = QWidget()
        column(about, label(title), label(words, muted=True), spacing=2)
        line = row(about, open_it, grows=0)
        line.takeAt(line.count() - 1)
        line.setAlignment(open_it, Qt.AlignmentFlag.AlignTop)
        whole.setLayout(line)
        return whole
