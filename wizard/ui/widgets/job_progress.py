"""How far a long job is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from wire.text import plural
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.jobs.stoppable import Stoppable
from wizard.ui.jobs.worker import Hears, Worker
from wizard.ui.widgets.labels import busy_bar, button, column, label, row

if TYPE_CHECKING:
    from wizard.controller.permissions import CoverageProgress


class Progress(QWidget, Stoppable):
    """How far it is, with Stop; it is seen while the job is under way.

    `name` is for screen readers; `moved` takes other reports than `CoverageProgress`.
    """

    def __init__(
        self, name: str, succeeded: Hears, failed: Hears, moved: Hears | None = None
    ) -> None:
        super().__init__()
        self.worker = Worker(self, self._ended, self._ended, moved or self.show_seen)
        self.worker.succeeded.connect(succeeded)
        self.worker.failed.connect(failed)
        self.text = label()
        self.bar = busy_bar(name)
        stop_name = tr("Stop: {name}", name=name)
        self.stop = button(tr("&Stop"), self.worker.ask_to_stop, stop_name)
        column(self, self.text, row(self.bar, self.stop, grows=0), spacing=6)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether the job is under way."""
        return self.worker.busy

    def stop_looking(self) -> None:
        self.worker.ask_to_stop()

    def start(self, job: Callable[..., Any], doing: str) -> None:
        """Begin a job."""
        self.text.setText(doing)
        announce(self, doing)
        self.show()
        self.worker.start(job)

    def show_seen(self, seen: CoverageProgress) -> None:
        """Show how far the judging is; how many there are is known at its end."""
        if seen.people:
            so_far = plural(
                "Checking: {count} person so far",
                "Checking: {count} people so far",
                seen.people,
            )
            self.text.setText(say(so_far))

    def show_account(self) -> None:
        """Show that the account itself is looked at."""
        self.text.setText(tr("Looking at the account itself"))

    def _ended(self, _outcome: object) -> None:
        self.hide()
