"""Sockets of Windows, where select() takes them whatever their number is."""

import select
from typing import Any


class WindowsSockets:
    """Sockets alone: select() of Windows knows nothing else."""

    def has_data(self, opened: Any) -> bool:
        return bool(select.select([opened], [], [], 0)[0])
