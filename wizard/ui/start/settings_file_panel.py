"""A settings file, chosen or dropped: what it filled in, or what is wrong in it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from agent.config import settings_file
from agent.config.errors import Problem, SettingsError
from agent.config.settings import Settings
from wire.failure import sentence
from wire.text import Text, listed, plural, verbatim
from wizard.flow.summary import decisions
from wizard.results import Check
from wizard.ui.announce import announce
from wizard.ui.formatting import tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.presenters.failure import row_of
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import button, column, label, row

_MOST = 6  # problems that are shown; the others are counted


class SettingsFilePanel(QWidget):
    """Reads a file off the GUI thread. It holds no secrets; the file stays as it is."""

    taken = Signal(str, object)  # the file's name, and its Settings
    answered = Signal()  # what came of a file stands below its button

    def __init__(self) -> None:
        super().__init__()
        self._worker = Worker(self, self._read, self._refused)
        self._path = Path()
        self.choose = button(tr("I have a settings file…"), self._ask)
        note = tr("Or drop it on this page. It fills in the answers.")
        self.check_rows = CheckRows()
        top = row(self.choose, label(note, muted=True), grows=1)
        column(self, top, self.check_rows, spacing=12)

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), tr("Settings file"))
        dialog.setNameFilters([tr("Settings (*.yaml *.yml)"), tr("All (*)")])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.read)
        dialog.open()

    def read(self, path: str) -> None:
        """Read a file; `taken` where it can be used, else what is wrong is shown."""
        self._path = there = Path(path)
        self._worker.start(lambda _report, _stop: settings_file.load(there))

    def _read(self, settings: Settings) -> None:
        name = self._path.name
        self.taken.emit(name, settings)
        labels = dict.fromkeys(each.label for each in decisions(settings))
        detail = Text("It filled in: {names}.", names=listed(labels, ", "))
        self._show([Check("file", verbatim(name), "ok", detail)])

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, SettingsError):
            self._show(problem_rows(error.problems))
            return
        what, remedy = row_of(error)
        name = verbatim(self._path.name)
        self._show([Check("file", name, "failed", what, verbatim(remedy or ""))])

    def _show(self, checks: Sequence[Check]) -> None:
        self.check_rows.show_checks(checks)
        self.answered.emit()
        urgent = any(check.state == "failed" for check in checks)
        announce(self, self.check_rows.text, urgent=urgent)


def problem_rows(problems: Sequence[Problem]) -> list[Check]:
    """Give what is wrong in a file as rows: the field, and the rule that it breaks."""
    rows = [
        Check(each.path, verbatim(each.path), "failed", sentence(each.message))
        for each in problems[:_MOST]
    ]
    rest = len(problems) - len(rows)
    if rest > 0:
        text = plural(
            "{count} more setting is wrong.", "{count} more settings are wrong.", rest
        )
        rows.append(Check("rest", Text("And more"), "failed", text))
    return rows
