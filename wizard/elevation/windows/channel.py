"""The helper's end of one call: its sealed line, its lines back, and the stop."""

import queue
import threading
from collections.abc import Callable

from wire.text import Text
from wizard.elevation.codec import LONGEST
from wizard.elevation.errors import BadCall
from wizard.elevation.windows.framing import Frame, Kind, parts
from wizard.elevation.windows.pipe_end import PipeEnd

_FIRST_S = 10.0


class PipeChannel:
    """What `dispatch.Channel` promises, as one of the calls on a pipe.

    `stop` is set when the caller asks to stop, or the pipe is closed.
    """

    def __init__(self, end: PipeEnd, call: int, closed: Callable[[int], None]) -> None:
        self.stop = threading.Event()
        self._end, self._call, self._closed = end, call, closed
        self._line: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._sealed = False

    def take(self, line: bytes) -> bool:
        """Take the sealed line; False where it was there, or is none."""
        if self._sealed or not line.endswith(b"\n") or len(line) > LONGEST:
            return False
        self._sealed = True
        self._line.put(line)
        return True

    def ask_to_stop(self) -> None:
        """Have it stop, where it has begun; else it begins nothing."""
        self.stop.set()
        if not self._sealed:
            self._sealed = True
            self._line.put(b"")

    def first_line(self) -> bytes:
        """Give the sealed line; BadCall where none came in time."""
        try:
            line = self._line.get(timeout=_FIRST_S)
        except queue.Empty:
            line = b""
        if not line:
            raise BadCall(Text("The channel brought no line."))
        return line

    def say(self, line: bytes) -> None:
        """Write a line; nothing happens when the caller is gone."""
        if not self._end.send(*parts(self._call, line)):
            self.stop.set()

    def close(self) -> None:
        """End the call; what was said is still read."""
        self._end.send(Frame(self._call, Kind.END))
        self._closed(self._call)
