"""The sealing key is replaced every 30 days, and at will; the former one is destroyed.

So who takes this machine later opens little of what a relay recorded: what was sealed
to the current key, and in the last three minutes to the former one. Both processes of
an agent that hands over work on one file, and each reads it again when it was replaced.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.keys.sealing_file import SealingFile, SealingKeys
from agent.keys.shared_file import Stamp, locked, stamp
from wire.keys import PrivateKeys
from wire.messages import CLOCK_LEEWAY_S, MAX_LIFETIME_S

LOG = logging.getLogger("agent.keys.sealing_rotation")

ROLLS_EVERY_S = 30 * 24 * 3600
# a portal's clock may be ahead, and so may what it takes an hour for be behind
OPENS_FOR_S = MAX_LIFETIME_S + 2 * CLOCK_LEEWAY_S


@dataclass(frozen=True)
class SealingKeyAge:
    """When the current sealing key was made, and the next one is (Unix seconds)."""

    made: int
    next: int


class SealingRotation:
    """An agent's keys as they are now.

    `stored` are those of its secret: who it is, and what the file is sealed to. A key
    that was made before `replace_before` (Unix seconds) is replaced at once. `replaced`
    is called with the id of each new one that this process made.
    """

    def __init__(
        self,
        path: Path,
        stored: PrivateKeys,
        *,
        replace_before: int = 0,
        replaced: Callable[[str], None] = lambda _kid: None,
    ) -> None:
        self._file = SealingFile(path, stored)
        self._stored, self._replace_before = stored, replace_before
        self._replaced = replaced
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._kept = SealingKeys(stored, 0)
        self.tend()

    def keys(self) -> PrivateKeys:
        """Give the agent's keys, also those that another process has made since."""
        with self._lock:
            found = stamp(self._file.path)
            if found != self._stamp:
                self._kept, self._stamp = self._file.read() or self._kept, found
            return self._kept.keys

    def age(self) -> SealingKeyAge:
        """Say how old the current key is."""
        self.keys()
        made = self._kept.made
        return SealingKeyAge(made, made + ROLLS_EVERY_S)

    def tend(self) -> None:
        """Replace the key where it is time, and destroy former ones that are past it.

        A file that can't be written is a warning: it goes on, and tries again.
        """
        now, made = int(time.time()), False
        with self._lock:
            try:
                with locked(self._file.path):
                    made = self._tend(now)
            except OSError as error:
                LOG.warning("the sealing keys can't be kept: %s", error.strerror)
                if self._kept.made == 0:
                    # in memory alone until there is room
                    self._kept = _rolled(self._kept, now)
        if made:
            self._replaced(self._kept.current)

    def _tend(self, now: int) -> bool:
        """Tend what is in the file; say whether a new key was made."""
        found = self._file.read()
        before = found or self._kept
        after = _without_past(before, now)
        due = self._is_due(before, now)
        if due:
            after = _without_past(_rolled(after, now), now)
        if after != found:
            self._file.write(after)
        self._kept, self._stamp = after, stamp(self._file.path)
        return due

    def _is_due(self, kept: SealingKeys, now: int) -> bool:
        # what was made in the future was made by a wrong clock
        in_time = -CLOCK_LEEWAY_S <= now - kept.made < ROLLS_EVERY_S
        return not in_time or kept.made < min(self._replace_before, now)


def _rolled(kept: SealingKeys, now: int) -> SealingKeys:
    keys = kept.keys.rolled()
    former = kept.keys.sealing.thumbprint()
    return SealingKeys(keys, now, {**kept.until, former: now + OPENS_FOR_S})


def _without_past(kept: SealingKeys, now: int) -> SealingKeys:
    """Drop the former keys whose time is over, also by a clock that was set back."""
    left = {kid: at for kid, at in kept.until.items() if 0 < at - now <= OPENS_FOR_S}
    former = {key.thumbprint() for key in kept.keys.former}
    return SealingKeys(kept.keys.without(former - set(left)), kept.made, left)
