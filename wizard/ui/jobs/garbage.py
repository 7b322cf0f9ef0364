"""Garbage collected in the GUI thread alone.

Python collects cycles in whichever thread allocates. In a worker that would destroy
widgets off the thread that they live in, which ends the process (Qt manual, "Threads
and QObjects"): a window that was closed is such a cycle.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class GarbageCollector(QObject):
    """Takes Python's own collector out, and collects by a timer as that would."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.timeout.connect(collect)
        timer.start(_EVERY_MS)


def keep() -> None:
    """Look at nothing again that is there by now, such as the code of the program.

    A whole collection takes longer the more there is: 0.1 s of this thread with all
    pages imported, in which no key is heard.
    """
    gc.freeze()


def collect() -> None:
    """Collect the oldest generation that is due by Python's own thresholds."""
    due = zip(range(3), gc.get_count(), gc.get_threshold(), strict=True)
    generations = [each for each, count, threshold in due if count > threshold > 0]
    if generations:
        gc.collect(generations[-1])
