"""What a check finds, handed to the page in slices: the window goes on meanwhile."""

import time
from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from wizard.permissions.coverage import PersonVerdict
from wizard.ui.jobs.slices import Slices

_AT_ONCE = 25  # people between two looks at the clock
_SLICE_S = 0.004  # of work in each turn of the event loop; then it is drawn


class Intake(QObject):
    """A queue in front of what shows people; many may come at once."""

    took = Signal(object)  # some people more, a list in their order
    ended = Signal()  # all that was put was taken, and no more comes

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[PersonVerdict] = deque()
        self._ends = False
        self._turn = Slices(self)

    def put(self, people: Iterable[PersonVerdict]) -> None:
        """Have these taken, a slice in each turn of the event loop."""
        self._waiting.extend(people)
        if self._waiting and not self._turn.busy:
            self._turn.start(self._take_slice)

    def end(self) -> None:
        """Say that no more comes; `ended` follows once all are taken."""
        self._ends = True
        self._turn.start(self._take_slice)

    def forget(self) -> None:
        """Drop what waits: it is of a check that counts no longer."""
        self._waiting.clear()
        self._ends = False
        self._turn.drop()

    def _take_slice(self) -> None:
        until = time.thread_time() + _SLICE_S
        while self._waiting and time.thread_time() < until:
            some = min(_AT_ONCE, len(self._waiting))
            self.took.emit([self._waiting.popleft() for _ in range(some)])
        if self._waiting:
            self._turn.start(self._take_slice)
        elif self._ends:
            self._ends = False
            self.ended.emit()
