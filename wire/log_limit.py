"""Log records bounded by what they say: no peer fills the journal or a disk by them.

A relay that breaks each rendezvous, or a controller that does not answer, has the same
template logged each time, whatever is filled in. Some in a minute are logged; the
others are counted, and the count is logged with the first one after that minute.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

MOST, WINDOW_S = 20, 60.0
# of templates that are kept in mind; there are not so many in the program
_MOST_TEMPLATES = 1000


@dataclass
class _Window:
    began: float
    passed: int = 0
    held: int = 0


class LogLimit(logging.Filter):
    """Lets so many records of each template pass in a minute; safe for many threads.

    Those of the logger `but` all pass: it has a limit of its own.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, but: str = ""
    ) -> None:
        super().__init__()
        self._clock, self._but = clock, but
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], _Window] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record is logged; it tells how many like it were not."""
        if record.name == self._but:
            return True
        with self._lock:
            window, held = self._window((record.name, str(record.msg)))
            if window.passed >= MOST:
                window.held += 1
                return False
            window.passed += 1
        if held:
            words = "%s (%d more like this were not logged)"
            record.msg, record.args = words, (record.getMessage(), held)
        return True

    def _window(self, template: tuple[str, str]) -> tuple[_Window, int]:
        """Give the window of a template, and how many the one before held back."""
        now, before = self._clock(), self._windows.get(template)
        if before is not None and now - before.began < WINDOW_S:
            return before, 0
        if before is None and len(self._windows) >= _MOST_TEMPLATES:
            self._windows.clear()
        window = self._windows[template] = _Window(now)
        return window, before.held if before else 0


def limit_log(but: str = "") -> None:
    """Limit what this process logs from now on, but for one logger."""
    limit = LogLimit(but=but)
    for handler in logging.getLogger().handlers:
        handler.addFilter(limit)
