"""A process of Windows: error reports (WER) don't take its heap along."""

import contextlib
from collections.abc import Coroutine
from typing import Any

from agent.platform.interface import Result
from agent.platform.windows.win32 import MachineCalls


class WindowsProcesses:
    """The process itself."""

    def __init__(self, win32: MachineCalls) -> None:
        self._win32 = win32

    def leave_no_core(self) -> None:
        # a machine without error reports has none to keep it out of
        with contextlib.suppress(OSError):
            self._win32.leave_heap_out_of_reports()

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        import asyncio

        return asyncio.run(main)
