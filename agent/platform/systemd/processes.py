"""A process of Linux, which leaves no memory on the disk when it is killed.

For those run without systemd; the units say LimitCORE=0. A core of one byte is no core,
so none is written to a file. Where cores go to a program, a limit of 0 is left to that
program to heed, and only 1 ends it in the kernel (fs/coredump.c, "RLIMIT_CORE set to
1"). PR_SET_DUMPABLE would do as well, but takes the files of the process in /proc from
its own user, and desktop portals need them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from agent.platform.interface import Result

_NO_CORE = 1


class LinuxProcesses:
    """The process itself; children inherit what is said of cores."""

    def leave_no_core(self) -> None:
        import resource

        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        if hard != 0:
            resource.setrlimit(resource.RLIMIT_CORE, (_NO_CORE, hard))

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        import uvloop

        return uvloop.run(main)
