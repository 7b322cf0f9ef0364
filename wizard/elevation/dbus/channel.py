"""The service's end of a channel: one line in, lines out, and the caller's leaving."""

import contextlib
import select
import socket
import threading
import time

from wire.text import Text
from wizard.elevation.codec import LONGEST
from wizard.elevation.errors import BadCall

_FIRST_S = 10.0
_READING_S = 30.0  # a caller that reads nothing for so long is gone
_CHUNK = 65536


class Channel:
    """One end of a socket pair that a caller made.

    `stop` is set when the caller closes its end, or only its way to here.
    """

    def __init__(self, end: socket.socket) -> None:
        listens = end.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if (end.family, end.type, listens) != (socket.AF_UNIX, socket.SOCK_STREAM, 0):
            end.close()
            raise BadCall(Text("The channel is no stream between two processes."))
        # of a call of Python's: limits of the socket itself are the caller's to change,
        # who has the other descriptors of it
        end.setblocking(False)
        self.stop = threading.Event()
        self._end = end
        self._writing = threading.Lock()
        self._deaf = False
        self._watch = threading.Thread(target=self._until_left, daemon=True)

    def first_line(self) -> bytes:
        """Take the line that the caller writes; from then on see whether it leaves.

        BadCall: none came in time, or one that is too long.
        """
        line = bytearray()
        until = time.monotonic() + _FIRST_S
        while not line.endswith(b"\n"):
            got = self._received(until)
            line += got
            if not got or len(line) > LONGEST:
                raise BadCall(Text("The channel brought no line."))
        self._watch.start()
        return bytes(line)

    def _received(self, until: float | None) -> bytes:
        """Give what comes next; nothing at its end, or where none comes in time."""
        try:
            while self._waits(select.POLLIN, until):
                with contextlib.suppress(BlockingIOError):
                    return self._end.recv(_CHUNK, socket.MSG_DONTWAIT)
        except OSError:
            pass
        return b""

    def _waits(self, what: int, until: float | None) -> bool:
        """Wait until something can be done; False where it can't be in time."""
        waiting = select.poll()
        waiting.register(self._end, what)
        left = None if until is None else 1000 * (until - time.monotonic())
        return (left is None or left > 0) and bool(waiting.poll(left))

    def say(self, line: bytes) -> None:
        """Write a line; nothing happens when the caller is gone."""
        with self._writing:
            if self._deaf:
                return
            try:
                self._send(line)
            except OSError:  # perhaps cut in the middle: nothing may follow
                self._deaf = True
                self.stop.set()

    def _send(self, line: bytes) -> None:
        """Send a line; TimeoutError where the caller takes too long over it."""
        until = time.monotonic() + _READING_S
        while line:
            if not self._waits(select.POLLOUT, until):
                raise TimeoutError
            with contextlib.suppress(BlockingIOError):
                line = line[self._end.send(line, socket.MSG_DONTWAIT) :]

    def close(self) -> None:
        """End it; what was said is still read."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_RDWR)
        if self._watch.ident is not None:
            self._watch.join()
        self._end.close()

    def _until_left(self) -> None:
        while self._received(None):
            pass  # nothing more is asked for
        self.stop.set()
