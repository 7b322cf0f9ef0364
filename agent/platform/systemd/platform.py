"""Linux with systemd, put together."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.platform import interface
    from agent.platform.desktop import Desktop


class SystemdPlatform:
    """A machine with systemd; each part is imported when it is first asked for."""

    @cached_property
    def files(self) -> interface.Files:
        from agent.platform.systemd.files import PosixFiles

        return PosixFiles()

    @cached_property
    def open_files(self) -> interface.OpenFiles:
        from agent.platform.systemd.open_files import PosixOpenFiles

        return PosixOpenFiles()

    @cached_property
    def locks(self) -> interface.Locks:
        from agent.platform.systemd.locks import LinuxLocks

        return LinuxLocks()

    @cached_property
    def machine(self) -> interface.Machine:
        from agent.platform.systemd.machine import LinuxMachine

        return LinuxMachine()

    @cached_property
    def processes(self) -> interface.Processes:
        from agent.platform.systemd.processes import LinuxProcesses

        return LinuxProcesses()

    @cached_property
    def sockets(self) -> interface.Sockets:
        from agent.platform.systemd.sockets import PosixSockets

        return PosixSockets()

    @cached_property
    def desktop(self) -> Desktop:
        from agent.platform.systemd.desktop import LinuxDesktop

        return LinuxDesktop()

    def credentials(self) -> interface.Credentials | None:
        from agent.platform.systemd.credentials import of_service

        return of_service()

    def notification(self) -> interface.ServiceNotification:
        from agent.platform.systemd.sd_notify import Notifier

        return Notifier.of()

    def restart(self, ready_fd: int | None) -> interface.Restart:
        from agent.platform.systemd.graceful_restart import GracefulRestart

        return GracefulRestart(ready_fd)

    def journal(self) -> interface.SystemJournal | None:
        from agent.platform.systemd import journald

        return journald.Journald() if journald.is_ours() else None
