"""How far a long job is."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wire.text import plural
from wizard.controller.permissions import Seen
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.worker import Worker
from wizard.ui.widgets.labels import busy_bar, button, column, label, row


class Progress(QWidget):
    """How far it is, with Stop.

    Signals:
        succeeded: what the job gave.
        failed: the exception that ended it.
        moved: what the job reported on the way.

    """

    succeeded = Signal(object)
    failed = Signal(object)
    moved = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.worker = Worker(self, self._succeeded, self._failed)
        self.worker.progressed.connect(self.moved)
        self.text = label(wrap=False)
        self.bar = busy_bar(name)
        stop_name = tr("Stop: {name}", name=name)
        self.stop = button(tr("&Stop"), self.worker.ask_to_stop, stop_name)
        column(self, self.text, row(self.bar, self.stop, grows=0), spacing=6)
        self.hide()

    def start(self, job: Callable[..., Any], doing: str) -> None:
        """Begin a job."""
        self.text.setText(doing)
        self.show()
        self.worker.start(job)

    def show_seen(self, seen: Seen) -> None:
        """Show how far the judging is; how many there are is known at its end."""
        if seen.people:
            so_far = plural(
                "Judging: {count} person so far",
                "Judging: {count} people so far",
                seen.people,
            )
            self.text.setText(say(so_far))

    def show_account(self) -> None:
        """Show that the account itself is looked at."""
        self.text.setText(tr("Looking at the account itself"))

    def _succeeded(self, value: object) -> None:
        self.hide()
        self.succeeded.emit(value)

    def _failed(self, error: object) -> None:
        self.hide()
        self.failed.emit(error)
