"""One write at a time for one person, so that what is counted before it holds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

_STRIPES = 256  # people who share one wait for each other, a write long


class Turns:
    """Locks for any number of people; safe for many threads."""

    def __init__(self) -> None:
        self._locks = tuple(threading.Lock() for _ in range(_STRIPES))

    @contextmanager
    def of(self, user: UUID) -> Iterator[None]:
        """Wait until nobody else writes for a person."""
        with self._locks[hash(user) % _STRIPES]:
            yield
