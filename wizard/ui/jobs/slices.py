"""What takes the GUI thread long, in parts: one an event, so that keys are heard."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Slices(QObject):
    """Does parts in order; a new start drops what is left of the old."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._parts: deque[Callable[[], object]] = deque()
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._do_next)

    @property
    def busy(self) -> bool:
        """Whether a part is still to be done."""
        return bool(self._parts)

    def start(self, *parts: Callable[[], object]) -> None:
        """Do these, the first in an event that follows."""
        self._parts = deque(parts)
        self._next.start()

    def drop(self) -> None:
        """Do no more of them."""
        self._parts.clear()

    def _do_next(self) -> None:
        if not self._parts:
            return
        part = self._parts.popleft()
        if self._parts:
            self._next.start()
        part()
