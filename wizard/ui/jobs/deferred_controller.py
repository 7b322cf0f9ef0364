"""A controller that is made by the first job that asks it, off the GUI thread.

It knows of directories, relays and hosts; the window opens without any of that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from wizard.controller.controller import Controller


class _Deferred:
    def __init__(self, make: Callable[[], Controller]) -> None:
        self._make = make

    @cached_property
    def _controller(self) -> Controller:
        return self._make()

    def __getattr__(self, part: str) -> Any:
        return getattr(self._controller, part)


def deferred_controller(make: Callable[[], Controller]) -> Controller:
    """Give what is made by `make` when one of its parts is first asked for.

    Where that raises, so does asking, and the next one that asks has it made anew.
    """
    return cast("Controller", _Deferred(make))
