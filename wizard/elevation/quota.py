"""How much is asked at once: who waits for polkit takes no place of those let in.

Polkit waits for a person as long as that takes, and the caller chooses who that is: an
agent of their own need never answer. So each user has places to wait in, and no more.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from wire.text import Text
from wizard.elevation.errors import NotReached

_AT_WORK = 8
_WAITING_OF_ONE = 8
# each has a connection to the bus, which gives a user 256 (dbus-daemon(1))
_WAITING = 64


class Quota:
    """Places of all calls; each thread takes and leaves its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: Counter[int] = Counter()
        self._at_work = 0

    def wait(self, user: int) -> None:
        """Take a place to wait in for polkit; NotReached where too many wait."""
        with self._lock:
            waiting, all_waiting = self._waiting[user], self._waiting.total()
            if waiting >= _WAITING_OF_ONE or all_waiting >= _WAITING:
                raise _too_much()
            self._waiting[user] += 1

    def wait_no_more(self, user: int) -> None:
        """Leave that place."""
        with self._lock:
            self._waiting[user] -= 1
            self._waiting += Counter()  # forgets whoever has none

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """Hold a place at work; NotReached where there is none."""
        with self._lock:
            if self._at_work >= _AT_WORK:
                raise _too_much()
            self._at_work += 1
        try:
            yield
        finally:
            with self._lock:
                self._at_work -= 1


def _too_much() -> NotReached:
    remedy = Text("Try again in a minute.")
    return NotReached(Text("Too much is asked at once."), remedy)
