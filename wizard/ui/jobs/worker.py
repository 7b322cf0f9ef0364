"""One job at a time off the GUI thread; a new start supersedes the old."""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

_SLICE_S = 0.005

Report = Callable[[Any], None]
Hears = Callable[[Any], None]
Job = Callable[[Report, threading.Event], Any]


class Worker(QObject):
    """Runs a blocking call in a thread; its signals come to the GUI thread.

    A job that reports faster than the window draws is heard in slices, so that keys
    are heard between them.
    """

    progressed = Signal(object)  # what the job reported on the way
    succeeded = Signal(object)  # what the job gave
    failed = Signal(object)  # the exception that ended it
    _arrived = Signal()  # something was said; several at once may be one signal

    def __init__(
        self,
        parent: QObject | None = None,
        succeeded: Hears | None = None,
        failed: Hears | None = None,
        progressed: Hears | None = None,
    ) -> None:
        super().__init__(parent)
        for signal, hears in (
            (self.succeeded, succeeded),
            (self.failed, failed),
            (self.progressed, progressed),
        ):
            if hears:
                signal.connect(hears)
        self._stop: threading.Event | None = None
        self._threads: list[threading.Thread] = []
        self._said: deque[tuple[threading.Event, str, object]] = deque()
        self._told = False  # that something was said
        # nothing is said while this is destroyed: Qt does that without Python's lock
        self._saying = threading.RLock()
        self._closed = False
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._listen)
        self._arrived.connect(self._listen)

    @property
    def busy(self) -> bool:
        """Whether a job is under way whose result still counts."""
        return self._stop is not None

    def start(self, job: Job) -> None:
        """Run a job; what an older one still says is dropped."""
        self.drop()
        stop = self._stop = threading.Event()
        self._closed = False
        thread = threading.Thread(target=self._run, args=(job, stop), daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def ask_to_stop(self) -> None:
        """Ask the job to stop; it still says how it ended."""
        if self._stop:
            self._stop.set()

    def drop(self) -> None:
        """Stop the job and hear no more of it."""
        self.ask_to_stop()
        self._stop = None

    def close(self, seconds: float = 2.0) -> None:
        """Stop, and wait for the threads before the window is destroyed.

        One that does not end in time is heard no more.
        """
        self.drop()
        with self._saying:
            self._closed = True
        for thread in self._threads:
            thread.join(seconds)

    def _run(self, job: Job, stop: threading.Event) -> None:
        try:
            kind, value = "succeeded", job(lambda v: self._say(stop, "", v), stop)
        except Exception as error:  # noqa: BLE001 - the boundary: it goes to the page
            kind, value = "failed", error
        self._say(stop, kind, value)

    def _say(self, stop: threading.Event, kind: str, value: object) -> None:
        with self._saying:
            if self._closed:
                return
            self._said.append((stop, kind, value))
            if not self._told:
                self._told = True
                with suppress(RuntimeError):  # the window is gone; nobody listens
                    self._arrived.emit()

    def _listen(self) -> None:
        """Hear what was said, for as long as a slice is."""
        self._told = False
        end = time.monotonic() + _SLICE_S
        while self._said:
            self._hear(*self._said.popleft())
            if self._said and time.monotonic() > end:
                self._rest.start()
                return

    def _hear(self, stop: threading.Event, kind: str, value: object) -> None:
        if stop is not self._stop:
            return
        if kind:
            self._stop = None
        signal = {"": self.progressed, "succeeded": self.succeeded}
        signal.get(kind, self.failed).emit(value)
