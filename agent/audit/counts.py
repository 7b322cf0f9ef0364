"""What strangers send is counted: it fills neither the audit file nor the journal.

Of each code some requests in a minute are recorded one by one; the others are counted,
and the count is one record when the minute is over.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

WINDOW_S = 60.0


@dataclass(frozen=True)
class Counted:
    """How many requests ended with a code in a time of Unix seconds."""

    code: str
    count: int
    first: float
    last: float


@dataclass
class _Window:
    began: float
    whole: int = 0
    count: int = 0
    first: float = 0.0
    last: float = 0.0


class Counts:
    """Counts by code; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}

    def takes(self, code: str, most: int, now: float) -> bool:
        """Say whether a request is recorded itself, as one of the first so many."""
        with self._lock:
            window = self._windows.setdefault(code, _Window(now))
            if window.whole < most:
                window.whole += 1
                return True
            window.first = window.first or now
            window.last = now
            window.count += 1
            return False

    def due(self, now: float, *, ends: bool = False) -> Sequence[Counted]:
        """Give the counts of minutes that are over, or of all; each once."""
        with self._lock:
            over = {
                code: window
                for code, window in self._windows.items()
                if ends or not 0 <= now - window.began < WINDOW_S
            }
            for code in over:
                del self._windows[code]
        return [
            Counted(code, each.count, each.first, each.last)
            for code, each in over.items()
            if each.count
        ]
