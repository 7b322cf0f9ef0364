"""One end of the pipe: whole frames out, one after another, and frames in."""

import contextlib
import threading
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from wizard.elevation.windows.framing import Frame, Kind, frames
from wizard.elevation.windows.win32_pipes import PipeCalls

_READING_S = 30.0  # a peer that reads nothing for so long is gone


class PipeEnd:
    """An end that is connected; any thread may send."""

    def __init__(self, win32: PipeCalls, pipe: int) -> None:
        self._win32, self._pipe = win32, pipe
        self._writing = threading.Lock()
        self._gone = False

    def send(self, *sent: Frame) -> bool:
        """Send frames with none between them; False where the peer is gone."""
        with self._writing:
            for frame in sent:
                if self._gone:
                    return False
                try:
                    self._win32.write_pipe(self._pipe, frame.spell(), _READING_S)
                except OSError:  # perhaps cut in the middle: nothing may follow
                    self._gone = True
        if self._gone:
            self.close()
        return not self._gone

    def received(self, kinds: AbstractSet[Kind]) -> Iterator[Frame]:
        """Give the frames that come, until the pipe ends.

        BadFrame where the peer keeps to nothing.
        """
        with contextlib.suppress(OSError):
            yield from frames(self._read, kinds)

    def close(self) -> None:
        """End it, for whoever reads it too."""
        self._win32.close_pipe(self._pipe)

    def _read(self, size: int, seconds: float | None) -> bytes:
        return self._win32.read_pipe(self._pipe, size, seconds)
