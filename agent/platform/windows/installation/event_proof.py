"""One event of this program, written to the event log and read from it again."""

import secrets
import time
from collections.abc import Callable, Sequence

from agent.platform import installed
from agent.platform.installed import Finding
from agent.platform.windows.event_journal import LOG_ID, SOURCE
from agent.platform.windows.win32 import EventLogCalls, Severity
from wire.text import Text

# what is written is found by readers a moment later
_PATIENCE_S, _PAUSE_S = 3.0, 0.1


def event_proof(
    win32: EventLogCalls,
    messages: Callable[[], Sequence[str]] | None,
    now: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Finding:
    """Write one, and look for it; a warning where it can't be looked for.

    `messages` gives what the log has of this program, the newest among it.
    """
    title = Text("Event log")
    # told from any other by what nobody can have written before
    told = f"writeback-agent check: {secrets.token_hex(8)}"
    try:
        win32.report_event(SOURCE, Severity.INFORMATION, LOG_ID, [told])
    except OSError as error:
        return Finding("event_log", title, "failed", installed.refused(error))
    detail = Text("An event was written, and can't be read here.")
    if messages is None:
        return Finding("event_log", title, "warning", detail)
    until = now() + _PATIENCE_S
    try:
        while told not in messages():
            if now() >= until:
                detail = Text("An event was written, and is not in the log.")
                return Finding("event_log", title, "failed", detail)
            pause(_PAUSE_S)
    except OSError:
        return Finding("event_log", title, "warning", detail)
    return Finding("event_log", title, "ok")
