"""How many bytes of bodies the relay holds at once, in all and of each owner of a key.

A token proves who sends, and not that they mean well: whoever has one key could else
have the relay hold a megabyte for each connection that it takes.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from relay.errors import Refused

_FULL = "as many bytes wait at this relay as may"
_LATER = "Ask again when the requests under way are answered."


class HeldBytes:
    """Counts what is held; at most `most` bytes, and `most_each` of one owner."""

    def __init__(self, most: int, most_each: int) -> None:
        self._most, self._most_each = most, most_each
        self._of = Counter[str]()

    @contextmanager
    def share(self, owner: str) -> Iterator["Share"]:
        """Begin to hold something of an owner, until the end of the block."""
        share = Share(self, owner)
        try:
            yield share
        finally:
            self._of[owner] -= share.size
            if not self._of[owner]:
                del self._of[owner]

    def take(self, owner: str, size: int) -> None:
        """Count more in; Refused where there is no room for it."""
        if (
            self._of[owner] + size > self._most_each
            or self._of.total() + size > self._most
        ):
            raise Refused(503, _FULL, _LATER)
        self._of[owner] += size


class Share:
    """What is held of one request and its answer."""

    def __init__(self, held: HeldBytes, owner: str) -> None:
        self.size = 0
        self._held, self._owner = held, owner

    def take(self, size: int) -> None:
        """Hold more; Refused where there is no room for it."""
        self._held.take(self._owner, size)
        self.size += size
