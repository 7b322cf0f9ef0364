"""Ctrl-C and SIGTERM as a request to stop, so that what was done is taken back."""

import contextlib
import signal
import threading
from collections.abc import Iterator

from wire.text import Text
from wizard.cli.output import tell

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_TAKEN_BACK = Text("Stopping before the next change; what was done is rolled back.")

STOPPING = Text("Stopping.")


@contextlib.contextmanager
def stopped_by_signal(notice: Text = _TAKEN_BACK) -> Iterator[threading.Event]:
    """Give an event that a signal sets; the former handlers come back after it.

    An empty notice is not told.
    """
    stop = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        if notice and not stop.is_set():
            tell(notice)
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield stop  # signals go to the main thread, whoever that is
        return
    former = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
