"""What takes the GUI thread long, in parts: one an event, so that keys are heard."""

from collections import deque
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from shiboken6 import isValid


class _Turns(QObject):
    """Has one part of all that wait done in each turn of the event loop.

    Timers of their own would all be due in the same turn, whose end is as late as all
    of their parts together.
    """

    def __init__(self) -> None:
        super().__init__(QCoreApplication.instance())
        self._waiting: deque[Slices] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._do_next)

    def ask(self, slices: "Slices") -> None:
        """Have a part of these done, after those that asked before."""
        if slices not in self._waiting:
            self._waiting.append(slices)
        self._next.start()

    def _do_next(self) -> None:
        while self._waiting:
            slices = self._waiting.popleft()
            if isValid(slices) and slices.busy:
                if self._waiting:
                    self._next.start()
                slices.do_next()
                return


@cache
def _turns() -> _Turns:
    return _Turns()


class Slices(QObject):
    """Does parts in order; a new start drops what is left of the old."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._parts: deque[Callable[[], object]] = deque()

    @property
    def busy(self) -> bool:
        """Whether a part is still to be done."""
        return bool(self._parts)

    def start(self, *parts: Callable[[], object]) -> None:
        """Do these, the first in an event that follows."""
        self._parts = deque(parts)
        _turns().ask(self)

    def drop(self) -> None:
        """Do no more of them."""
        self._parts.clear()

    def do_next(self) -> None:
        """Do the part whose turn it is."""
        part = self._parts.popleft()
        if self._parts:
            _turns().ask(self)
        part()
