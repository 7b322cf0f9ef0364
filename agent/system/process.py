"""No memory of a process gets to disk when it is killed: it holds passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.platform.detect import this_platform

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from agent.platform.interface import Result


def leave_no_core() -> None:
    """Write no core dump from now on; children inherit it."""
    this_platform().processes.leave_no_core()


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a program's main coroutine to its end."""
    return this_platform().processes.run(main)
