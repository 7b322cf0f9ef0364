"""Readings of an agent's health, again and again, off the GUI thread.

The state is read every few seconds while the page is seen, people and certificates once
an hour. A reading that is under way is waited for: none is begun beside it. What can't
be read leaves the last good one, with why.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wire.text import EMPTY, Text, listed, verbatim
from wizard.controller.controller import Controller
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.ui.jobs.worker import Job, Worker
from wizard.ui.presenters.failure import row_of

EVERY_MS = 10_000
_SLOW_S, _AGAIN_S = 3600.0, 300.0  # between two, and after one that failed


class LiveReading(QObject):
    """What is known of an agent's health, kept up to date between start and stop."""

    changed = Signal()  # something was read, or could not be

    def __init__(self, parent: QObject, controller: Controller) -> None:
        super().__init__(parent)
        self._controller = controller
        self.reading: Reading | None = None
        self.people: PeopleCount | None = None
        self.certificates: tuple[ControllerCertificate, ...] = ()
        self.trouble: Text = EMPTY
        self._reader = Worker(self, self._read, self._failed)
        self._counter = Worker(self, self._counted, self._not_counted)
        self._seer = Worker(self, self._seen, self._not_seen)
        self._due: dict[Worker, float] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def live(self) -> bool:
        """Whether it is kept up to date."""
        return self._timer.isActive()

    def start(self) -> None:
        """Read now and again until it is stopped."""
        if not self.live:
            self._timer.start()
            self.look()

    def stop(self) -> None:
        """Read no more; what takes long is given up, and is due again."""
        self._timer.stop()
        for worker in (self._reader, self._counter, self._seer):
            if worker.busy:
                self._due.pop(worker, None)
                worker.drop()

    def look(self) -> None:
        """Read what is due, as far as that is not under way."""
        controller = self._controller
        if not self._reader.busy:
            self._reader.start(lambda _report, _stop: controller.health.read())
        self._slow(self._seer, lambda _report, _stop: controller.health.certificates())
        self._slow(self._counter, self._count)

    def look_again(self) -> None:
        """Read at once; an administrator may be asked to allow it."""
        controller = self._controller

        def ask(_report: object, _stop: object) -> Reading | None:
            controller.installation.installed()
            return controller.health.read()

        self._due.clear()
        self._reader.start(ask)

    def _count(self, report: Callable[[Any], None], stop: threading.Event) -> Any:
        return self._controller.health.count_people(report=report, stop=stop)

    def _slow(self, worker: Worker, job: Job) -> None:
        now = time.monotonic()
        if now >= self._due.get(worker, 0.0) and not worker.busy:
            self._due[worker] = now + _SLOW_S
            worker.start(job)

    def _read(self, reading: Reading | None) -> None:
        if reading is None:
            self.trouble = _GONE
        else:
            self.reading, self.trouble = reading, EMPTY
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self.trouble = listed(filter(None, row_of(error)), " ")
        self.changed.emit()

    def _counted(self, people: PeopleCount | None) -> None:
        self.people = people or self.people
        self.changed.emit()

    def _not_counted(self, error: BaseException) -> None:
        self._due[self._counter] = time.monotonic() + _AGAIN_S
        if self.people is not None:
            return  # the last good number stays
        why, _remedy = row_of(error)
        self.people = PeopleCount(0, 0, 0, datetime.now().astimezone(), verbatim(why))
        self.changed.emit()

    def _not_seen(self, _error: BaseException) -> None:
        self._due[self._seer] = time.monotonic() + _AGAIN_S

    def _seen(self, certificates: tuple[ControllerCertificate, ...]) -> None:
        self.certificates = certificates
        self.changed.emit()


_GONE = Text("Password writeback is not set up on this machine any more.")
