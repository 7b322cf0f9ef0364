"""Version, what is new, and licences."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from agent.system.version import VERSION
from wizard.ui.formatting import tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.start import shipped_texts
from wizard.ui.widgets.labels import button, label, row
from wizard.ui.widgets.text_viewer import TextDialog


class AboutRow(QWidget):
    """One line at the end of Welcome."""

    def __init__(self) -> None:
        super().__init__()
        self._reader = Worker(self, self._show)
        self._title = ""
        self.dialog: TextDialog | None = None
        self.version = label(tr("Version {version}", version=VERSION), muted=True)
        self.version.setWordWrap(False)
        news = (tr("What is new"), shipped_texts.changelog)
        terms = (tr("Licences"), shipped_texts.licences)
        self.new, self.licences = (self._opener(*each) for each in (news, terms))
        self.setLayout(row(self.version, self.new, self.licences))

    def _opener(self, title: str, read: Callable[[], str]) -> QWidget:
        def open_it() -> None:
            self._title = title
            self._reader.start(lambda _report, _stop: read())

        return button(title, open_it)

    def _show(self, text: str) -> None:
        shown = text or tr("It is not on this machine.")
        self.dialog = TextDialog(self.window(), self._title, "", shown)
        self.dialog.resize(680, 460)
        self.dialog.open()
