"""Sockets of POSIX: poll(2), as select(2) fails on descriptors over 1023."""

import select
from typing import Any


class PosixSockets:
    """Sockets, whatever their number is."""

    def has_data(self, opened: Any) -> bool:
        poll = select.poll()
        poll.register(opened, select.POLLIN)
        return bool(poll.poll(0))
