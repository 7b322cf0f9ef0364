"""Windows, put together over one port."""

from __future__ import annotations

import atexit
import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from agent.platform.windows.service_notification import prefix_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.platform import interface
    from agent.platform.desktop import Desktop
    from agent.platform.windows.win32 import Win32

# set by the host process for the child that takes over from another
SUCCESSOR_VARIABLE = "WRITEBACK_SUCCESSOR"


class WindowsPlatform:
    """A Windows machine; each part is imported when it is first asked for."""

    def __init__(
        self, win32: Win32, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._win32, self._environment = win32, environment

    @cached_property
    def files(self) -> interface.Files:
        from agent.platform.windows.files import WindowsFiles

        return WindowsFiles(self._win32)

    @cached_property
    def open_files(self) -> interface.OpenFiles:
        from agent.platform.windows.open_files import WindowsOpenFiles

        return WindowsOpenFiles(self._win32)

    @cached_property
    def locks(self) -> interface.Locks:
        from agent.platform.windows.locks import WindowsLocks

        return WindowsLocks(self._win32)

    @cached_property
    def machine(self) -> interface.Machine:
        from agent.platform.windows.machine import WindowsMachine

        return WindowsMachine(self._win32)

    @cached_property
    def processes(self) -> interface.Processes:
        from agent.platform.windows.processes import WindowsProcesses

        return WindowsProcesses(self._win32)

    @cached_property
    def sockets(self) -> interface.Sockets:
        from agent.platform.windows.sockets import WindowsSockets

        return WindowsSockets()

    @cached_property
    def desktop(self) -> Desktop:
        from agent.platform.windows.desktop import WindowsDesktop

        return WindowsDesktop(self._win32)

    def credentials(self) -> interface.Credentials | None:
        from agent.platform.windows.credentials import of_service
        from agent.platform.windows.service_sid import service_sid

        return of_service(self._win32, service_sid(), self._environment)

    def notification(self) -> interface.ServiceNotification:
        from agent.platform.windows.service_notification import EventNotification

        return EventNotification(self._win32, prefix_of(self._environment))

    def restart(
        self,
        ready_fd: int | None,  # noqa: ARG002 - of POSIX
    ) -> interface.Restart:
        from agent.platform.windows.asked_end import AskedEnd

        successor = bool(self._environment.get(SUCCESSOR_VARIABLE))
        return AskedEnd(self._win32, prefix_of(self._environment), successor=successor)

    def journal(self) -> interface.SystemJournal | None:
        from agent.platform.windows.event_journal import EventJournal

        # on a machine for trying, a person looks at the output
        if not prefix_of(self._environment):
            return None
        journal = EventJournal(self._win32, beside=_last_words)
        # what was said last waits for its thread, and nobody else closes it
        atexit.register(journal.close)
        return journal


def _last_words(line: str) -> None:
    """Write a line where the host has put this child's words."""
    if sys.stderr is not None:
        sys.stderr.write(line)
        sys.stderr.flush()
