"""The children of the host: an agent each, and the events that it is spoken to by."""

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.platform.windows import descriptors
from agent.platform.windows.platform import SUCCESSOR_VARIABLE
from agent.platform.windows.service_host.left_child import LeftChild
from agent.platform.windows.service_notification import (
    ALL,
    AWAITED,
    EVENTS_VARIABLE,
    LEFT,
    READY,
    STOP,
    SUCCEEDED,
    event_name,
)
from agent.platform.windows.service_sid import service_sid
from agent.platform.windows.win32_services import HostWin32

_MOST_LOG = 1_000_000
_MOST_WORDS = 3_000
# what an agent told the event log itself, as `event_journal` writes it beside
_TOLD = re.compile(r"^\d{4}-\d\d-\d\dT[^\n]*\n(?: [^\n]*\n)*", re.MULTILINE)
_RUN = ("-I", "-m", "agent", "run")
# what a child has open by itself, and so lives as long as it does
_OF_LEFT = (STOP, SUCCEEDED, AWAITED, LEFT)


@dataclass
class Child:
    """One agent; times are of the host's clock, None where nothing is waited for.

    `log_at` is where its words begin in the file that they go to.
    """

    process: int
    events: Mapping[str, int]
    prefix: str
    log_at: int = 0
    told_ready: bool = False
    ready_until: float | None = None
    end_until: float | None = None


@dataclass(frozen=True)
class Starting:
    """How a child is started.

    `program` gives the interpreter as it is now: an upgrade names another. `given` is
    what each finds in its environment: a setup may have begun after the host was
    started. `log` is where its words go.
    """

    program: Callable[[], str]
    given: Callable[[], Mapping[str, str]]
    log: str


def start(win32: HostWin32, how: Starting, *, successor: bool) -> tuple[int, Child]:
    """Start a child, and give its process id; OSError, ValueError where none starts."""
    # of this host and this child alone: nobody can have made it before
    prefix = f"Local\\writeback-{secrets.token_hex(16)}"
    with contextlib.ExitStack() as undo:
        events = {}
        for what in ALL:
            event = win32.create_event(
                event_name(prefix, what), descriptors.event_of(service_sid())
            )
            undo.callback(win32.close_handle, event)
            events[what] = event
        own = {EVENTS_VARIABLE: prefix, **how.given()}
        if successor:
            own[SUCCESSOR_VARIABLE] = "1"
        command = (how.program(), *_RUN)
        log_at = _set_aside(Path(how.log))
        process = win32.start_process(command, {**_inherited(), **own}, how.log)
        undo.callback(win32.close_handle, process)
        # one that nobody knows would serve, and never be asked to end
        undo.callback(win32.end_process, process)
        pid = win32.process_id(process)
        undo.pop_all()
    return pid, Child(process, events, prefix, log_at)


def taken(win32: HostWin32, left: LeftChild) -> Child:
    """Take over a child that another host has left; OSError where it is gone."""
    with contextlib.ExitStack() as undo:
        events = {}
        for what in _OF_LEFT:
            event = win32.open_event(event_name(left.events, what))
            undo.callback(win32.close_handle, event)
            events[what] = event
        # with its events open, its number is of no other process
        process = win32.open_child(left.pid)
        undo.pop_all()
    return Child(process, events, left.events, told_ready=True)


def _set_aside(log: Path) -> int:
    """Begin a new file of last words where the one there is long; give its length."""
    size = 0
    with contextlib.suppress(OSError):  # there is none, or it is open somewhere
        size = log.stat().st_size
        if size > _MOST_LOG:
            log.replace(log.with_name(f"{log.name}.1"))
            size = 0
    return size


def last_words(child: Child, log: Path) -> str:
    """Give what a child wrote last, such as a trace, and told nobody by itself."""
    try:
        with log.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            # another may have set it aside meanwhile
            begin = child.log_at if child.log_at <= end else 0
            file.seek(max(begin, end - _MOST_WORDS))
            text = file.read(_MOST_WORDS).decode("utf-8", "replace")
    except OSError:
        return ""
    return _TOLD.sub("", text.replace("\r\n", "\n")).strip()


def close(win32: HostWin32, child: Child) -> None:
    """Let go of a child that has ended."""
    for handle in (child.process, *child.events.values()):
        with contextlib.suppress(OSError):
            win32.close_handle(handle)


def told(child: Child, handle: int) -> bool:
    """Say whether this is what a child says that it is ready by."""
    return not child.told_ready and handle == child.events[READY]


def _inherited() -> Mapping[str, str]:
    """Give the host's environment, without what it says of an earlier child."""
    ours = (EVENTS_VARIABLE, SUCCESSOR_VARIABLE)
    return {name: text for name, text in os.environ.items() if name not in ours}
