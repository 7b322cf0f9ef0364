"""Judging everybody off the GUI thread: batches for the table, a bar, Stop."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from agent.coverage import Judged
from agent.findings import Finding
from agent.settings import Settings
from wizard.checks import Inputs
from wizard.exporting import Form, Unfinished, finish, writing
from wizard.permissions import Coverage, Seen
from wizard.ui.door import Permissions
from wizard.ui.labels import button, column, label, row
from wizard.ui.words import tr, tr_n
from wizard.ui.worker import Worker

_EVERY_S = 0.1  # between two looks of the window at what is new


@dataclass(frozen=True)
class Batch:
    """What is new since the window last looked.

    Attributes:
        seen: how far it is.
        people: those judged since.
        account: everybody is judged; the account itself is looked at.

    """

    seen: Seen
    people: list[Judged]
    account: bool = False


@dataclass(frozen=True)
class Whole:
    """What it came to.

    Attributes:
        coverage: everybody by cause.
        findings: about the account; empty when stopped, or when it is to be made.
        stopped: not everybody was judged.

    """

    coverage: Coverage
    findings: tuple[Finding, ...]
    stopped: bool


@dataclass(frozen=True)
class Judge:
    """Judges by one door, for one set of settings; runs in a worker's thread."""

    permissions: Permissions
    settings: Settings
    inputs: Inputs

    def run(self, report: Callable[[Any], None], stop: threading.Event) -> Whole:
        """Judge everybody, then the account."""
        waiting: list[Judged] = []
        said = 0.0

        def tell(seen: Seen) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said < _EVERY_S:
                return
            said = now
            report(Batch(seen, waiting.copy()))
            waiting.clear()

        coverage = self.permissions.coverage(
            self.settings,
            self.inputs,
            each=waiting.append,
            report=tell,
            stop=stop,
        )
        everybody = Seen(coverage.people, coverage.would_work)
        report(Batch(everybody, waiting, account=coverage.complete))
        if stop.is_set():
            return Whole(coverage, (), stopped=True)
        found = self.permissions.about_account(
            self.settings, self.inputs, report=lambda _people: None, stop=stop
        )
        return Whole(coverage, found, stopped=stop.is_set())

    def export(
        self,
        place: Path,
        form: Form,
        report: Callable[[Any], None],
        stop: threading.Event,
    ) -> Path | None:
        """Judge everybody again, into a file; None when it was stopped."""
        try:
            with writing(place, form) as write:
                self.permissions.coverage(
                    self.settings, self.inputs, each=write, report=report, stop=stop
                )
                finish(stop)
        except Unfinished:
            return None
        return place


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
        self.worker = Worker(self)
        self.worker.progressed.connect(self.moved)
        self.worker.succeeded.connect(self._succeeded)
        self.worker.failed.connect(self._failed)
        self.text = label(wrap=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName(name)
        self.stop = button(tr("&Stop"), tr("Stop: {name}").format(name=name))
        self.stop.clicked.connect(self.worker.ask_to_stop)
        place = column(self, 6)
        place.addWidget(self.text)
        line = row(self.bar, self.stop)
        line.setStretch(0, 100)
        place.addLayout(line)
        self.hide()

    def start(self, job: Callable[..., Any], doing: str) -> None:
        """Begin a job."""
        self.text.setText(doing)
        self.bar.setRange(0, 0)
        self.show()
        self.worker.start(job)

    def show_seen(self, seen: Seen) -> None:
        """Show how far the judging is; how many there are is known at its end."""
        if seen.people:
            self.text.setText(tr_n("Judging: %n people so far", seen.people))

    def show_account(self) -> None:
        """Show that the account itself is looked at."""
        self.text.setText(tr("Looking at the account itself"))

    def _succeeded(self, value: object) -> None:
        self.hide()
        self.succeeded.emit(value)

    def _failed(self, error: object) -> None:
        self.hide()
        self.failed.emit(error)
