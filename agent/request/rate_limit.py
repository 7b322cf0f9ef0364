"""How much is taken in: requests in any minute."""

import threading
import time
from collections import deque
from collections.abc import Callable


class RateLimit:
    """Counts what came in the last minute.

    Args:
        per_minute: how many are let in.
        clock: seconds that only go on.

    """

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._came: deque[float] = deque()
        self._lock = threading.Lock()

    def let_in(self) -> bool:
        """Count one more, or say that the limit is reached."""
        now = self._clock()
        with self._lock:
            while self._came and self._came[0] <= now - 60.0:
                self._came.popleft()
            if len(self._came) >= self._per_minute:
                return False
            self._came.append(now)
            return True
