"""How much is asked at once: who waits for polkit takes no place of those let in.

Polkit waits for a person as long as that takes, and the caller chooses who that is: an
agent of their own need never answer. So each user has places to wait in and at work,
and no more; users without an account of this machine, of whom a person may have tens
of thousands (subuid(5)), have those of one user.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator

from wire.text import Text
from wizard.elevation.errors import NotReached

_AT_WORK = 8
_AT_WORK_OF_ONE = 4
_WAITING_OF_ONE = 8
# each has a connection to the bus, which gives a user 256 (dbus-daemon(1))
_WAITING = 64


class Quota:
    """Places of all calls; each thread takes and leaves its own.

    `account` gives the number of a user's account, one for all that have none.
    """

    def __init__(self, account: Callable[[int], int]) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._waiting: Counter[int] = Counter()
        self._at_work: Counter[int] = Counter()

    def wait(self, user: int) -> None:
        """Take a place to wait in for polkit; NotReached where too many wait."""
        self._take(self._waiting, user, _WAITING_OF_ONE, _WAITING)

    def wait_no_more(self, user: int) -> None:
        """Leave that place."""
        self._leave(self._waiting, user)

    @contextlib.contextmanager
    def at_work(self, user: int) -> Iterator[None]:
        """Hold a place at work; NotReached where there is none."""
        self._take(self._at_work, user, _AT_WORK_OF_ONE, _AT_WORK)
        try:
            yield
        finally:
            self._leave(self._at_work, user)

    def _take(self, places: Counter[int], user: int, of_one: int, of_all: int) -> None:
        one = self._account(user)
        with self._lock:
            if places[one] >= of_one or places.total() >= of_all:
                raise _too_much()
            places[one] += 1

    def _leave(self, places: Counter[int], user: int) -> None:
        one = self._account(user)
        with self._lock:
            places[one] -= 1
            if not places[one]:
                del places[one]


def _too_much() -> NotReached:
    remedy = Text("Try again in a minute.")
    return NotReached(Text("Too much is asked at once."), remedy)
