"""A limit to the requests of any minute."""

import threading
import time
from collections import deque
from collections.abc import Callable


class RateLimit:
    """Counts the requests of the last minute; `clock` is seconds that only go on."""

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def allow(self) -> bool:
        """Count one more; False where the limit is reached."""
        now = self._clock()
        with self._lock:
            while self._times and self._times[0] <= now - 60.0:
                self._times.popleft()
            if len(self._times) >= self._per_minute:
                return False
            self._times.append(now)
            return True
