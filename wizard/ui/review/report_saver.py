"""A button that saves a report as PDF or text, and says where it is."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from wizard.report.document import Document
from wizard.ui.announce import announce
from wizard.ui.formatting import tr
from wizard.ui.jobs.reports import saving
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.failure import wording
from wizard.ui.widgets.labels import button, column, label


class ReportSaver(QWidget):
    """Asks for a file; `document` is asked for when it is named.

    `file` is the name that is proposed, without its suffix.
    """

    def __init__(self, document: Callable[[], Document], file: str = "plan") -> None:
        super().__init__()
        self._document, self._file = document, file
        self.worker = Worker(self, self._saved, self._failed)
        name = tr("Save the plan as a report: PDF or text")
        self.button = button(tr("Save &report…"), self.ask, name)
        self.state = label(muted=True)
        self.state.hide()
        column(self, self.button)

    def ask(self) -> None:
        """Ask where to, and write it there."""
        forms = f"{tr('PDF (*.pdf)')};;{tr('Text (*.txt)')}"
        dialog = QFileDialog(
            self.window(), tr("Save report"), f"{self._file}.pdf", forms
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.filterSelected.connect(
            lambda form: dialog.setDefaultSuffix("txt" if "*.txt" in form else "pdf")
        )
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, place: Path) -> None:
        """Write the report: as PDF by its name, else as text."""
        self.button.setEnabled(False)
        self.worker.start(saving(self._document(), place))

    def _saved(self, place: Path) -> None:
        self._say(tr("Saved as {path}", path=str(place)))

    def _failed(self, error: BaseException) -> None:
        self._say(wording(error))

    def _say(self, text: str) -> None:
        self.button.setEnabled(True)
        self.state.setText(text)
        self.state.show()
        announce(self, text)
