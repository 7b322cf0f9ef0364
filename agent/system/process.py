"""No memory of a process gets to disk when it is killed: it holds passwords.

For those run without systemd; the units say LimitCORE=0. A core of one byte is no core,
so none is written to a file. Where cores go to a program, a limit of 0 is left to that
program to heed, and only 1 ends it in the kernel (fs/coredump.c, "RLIMIT_CORE set to
1"). PR_SET_DUMPABLE would do as well, but takes the files of the process in /proc from
its own user, and desktop portals need them.
"""

import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")

_NO_CORE = 1


def leave_no_core() -> None:
    """Write no core dump from now on; children inherit it."""
    if sys.platform == "win32":
        return
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if hard != 0:
        resource.setrlimit(resource.RLIMIT_CORE, (_NO_CORE, hard))


def run(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a program's main coroutine to its end."""
    if sys.platform == "win32":
        import asyncio

        return asyncio.run(main)
    import uvloop

    return uvloop.run(main)
