"""The event loop of the long-running programs: libuv's where it can be had.

uvloop takes 1 to 2 ms off a request's way through relay and agent (./dev bench); it
does not exist for Windows, where asyncio's own loop does the same.
"""

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


def run(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a program's main coroutine to its end."""
    if sys.platform == "win32":
        return asyncio.run(main)
    import uvloop

    return uvloop.run(main)
