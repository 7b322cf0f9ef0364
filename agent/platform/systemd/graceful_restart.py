"""Graceful restart: a new process takes over from this one without a gap.

The successor is the program as it is on the disk now, as after an upgrade, with the
same arguments. It connects beside this process; once it is ready, the service manager
is told that it is the main process, and this one answers what is under way and ends.
One that does not get ready is ended, and this process goes on: an upgrade that fails
takes nobody down.
"""

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence

from agent.platform.interface import Handed, ServiceNotification

# the name that alerts know it by (CHANGELOG.md)
LOG = logging.getLogger("agent.service.graceful_restart")
_OPTION = "--ready-fd"
_READY = b"1"
# below the time that the wizard waits
_READY_S = 30.0
# each of a frozen program's processes else takes itself for a part of its parent
_OWN_START = {"PYINSTALLER_RESET_ENVIRONMENT": "1"}


class GracefulRestart:
    """Signals to this process; `ready_fd` is the pipe to one that it takes over from.

    SIGTERM and SIGINT end it; SIGHUP has a new process take over.
    """

    def __init__(self, ready_fd: int | None = None) -> None:
        self._ready_fd = ready_fd

    @property
    def waited_for(self) -> bool:
        return self._ready_fd is not None

    def tell_ready(self) -> None:
        if self._ready_fd is None:
            return
        with contextlib.suppress(OSError):  # it may have given up and ended
            os.write(self._ready_fd, _READY)
            os.close(self._ready_fd)

    def listen(
        self,
        notification: ServiceNotification,
        status: Handed,
        stop: asyncio.Event,
        succeeded: asyncio.Event,
    ) -> None:
        loop = asyncio.get_running_loop()
        reloads = Reloads(lambda: hand_over(notification, status), stop, succeeded)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, reloads.ask)


async def hand_over(
    notifier: ServiceNotification, status: Handed, seconds: float = _READY_S
) -> int | None:
    """Start a successor; give its id when it is the main process now, else None.

    `status` is left when the successor is ready and before it is the main process;
    `seconds` is how long it may take until it is ready.
    """
    status.hold()
    successor = await _ready_successor(seconds)
    if successor is None:
        status.go_on()
        return None
    status.leave()
    notifier.succeeded_by(successor)
    return successor


class Reloads:
    """What SIGHUP asks for: one hand-over at a time, and none is forgotten.

    `hand_over` gives the successor's id once it is the main process, else None. None
    begins after `stop`; `succeeded` is set before that when there is a successor.
    """

    def __init__(
        self,
        hand_over: Callable[[], Awaitable[int | None]],
        stop: asyncio.Event,
        succeeded: asyncio.Event,
    ) -> None:
        self._hand_over = hand_over
        self._stop, self._succeeded = stop, succeeded
        self._under_way: asyncio.Task[None] | None = None
        self._again = False
        self._successor: int | None = None

    def ask(self) -> None:
        """Ask for a successor of the program and the settings as they are now."""
        if self._successor is not None:
            # sent before it was known that this is not the main process any more
            _pass_on(self._successor)
        elif self._under_way is not None:
            self._again = True
        elif not self._stop.is_set():
            self._under_way = asyncio.create_task(self._run())

    async def _run(self) -> None:
        self._successor = await self._hand_over()
        while self._successor is None and self._again and not self._stop.is_set():
            self._again = False
            self._successor = await self._hand_over()
        self._under_way = None
        if self._successor is None:
            return
        if self._again:
            # it may have read what was changed since
            _pass_on(self._successor)
        self._succeeded.set()
        self._stop.set()


def _pass_on(successor: int) -> None:
    """Have it hand over, too."""
    with contextlib.suppress(ProcessLookupError):  # it may have ended
        os.kill(successor, signal.SIGHUP)


async def _ready_successor(seconds: float) -> int | None:
    """Start a successor; give its id once it is ready."""
    try:
        successor, read_end = _start_with_pipe()
    except OSError as error:
        LOG.error("no successor could be started: %s", error.strerror)
        return None
    try:
        if await _is_ready(read_end, seconds):
            LOG.info("process %d takes over", successor.pid)
            return successor.pid
    finally:
        os.close(read_end)
    why = "ended at once" if successor.poll() is not None else "was not ready in time"
    LOG.error("the successor %s (%.0f s at most); going on", why, seconds)
    await asyncio.to_thread(_end, successor)
    return None


def _start_with_pipe() -> tuple[subprocess.Popen[bytes], int]:
    """Start a successor; give it with the pipe on which it says that it is ready."""
    read_end, write_end = os.pipe()
    try:
        return _start(write_end), read_end
    except OSError:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)


def _start(write_end: int) -> subprocess.Popen[bytes]:
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "agent"]
    arguments = [*_without_option(sys.argv[1:]), _OPTION, str(write_end)]
    return subprocess.Popen(
        [*program, *arguments],
        stdin=subprocess.DEVNULL,
        pass_fds=(write_end,),
        env={**os.environ, **_OWN_START},
    )


def _without_option(arguments: Sequence[str]) -> list[str]:
    """Drop the pipe that this process itself was started with."""
    if _OPTION not in arguments:
        return list(arguments)
    at = arguments.index(_OPTION)
    return [*arguments[:at], *arguments[at + 2 :]]


async def _is_ready(read_end: int, seconds: float) -> bool:
    """Wait for the successor's word; the pipe ends without one when it ends."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(read_end, readable.set)
    try:
        await asyncio.wait_for(readable.wait(), seconds)
        return os.read(read_end, 1) == _READY
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(read_end)


def _end(successor: subprocess.Popen[bytes]) -> None:
    successor.terminate()
    try:
        successor.wait(timeout=_READY_S)
    except subprocess.TimeoutExpired:
        successor.kill()
        successor.wait()
