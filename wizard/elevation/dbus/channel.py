"""The service's end of a channel: one line in, lines out, and the caller's leaving."""

import contextlib
import select
import socket
import struct
import threading
import time

from wire.text import Text
from wizard.elevation.codec import LONGEST
from wizard.elevation.errors import BadCall

_FIRST_S = 10
_READING_S = 30  # a caller that reads nothing for so long is gone
_CHUNK = 65536


class Channel:
    """One end of a socket pair that a caller made.

    `stop` is set when the caller closes its end, or only its way to here.
    """

    def __init__(self, end: socket.socket) -> None:
        if end.family != socket.AF_UNIX or end.type != socket.SOCK_STREAM:
            end.close()
            raise BadCall(Text("The channel is no stream between two processes."))
        # a limit of the kernel's, not Python's: reading waits, writing does not
        end.setblocking(True)
        _limit(end, socket.SO_RCVTIMEO, _FIRST_S)
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
            try:
                got = self._end.recv(_CHUNK)
            except OSError:
                got = b""
            line += got
            if not got or len(line) > LONGEST or time.monotonic() > until:
                raise BadCall(Text("The channel brought no line."))
        _limit(self._end, socket.SO_RCVTIMEO, 0)
        self._watch.start()
        return bytes(line)

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
        waiting = select.poll()
        waiting.register(self._end, select.POLLOUT)
        while line:
            left = until - time.monotonic()
            if left <= 0 or not waiting.poll(1000 * left):
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
        with contextlib.suppress(OSError):
            while self._end.recv(_CHUNK):
                pass  # nothing more is asked for
        self.stop.set()


def _limit(end: socket.socket, which: int, seconds: int) -> None:
    end.setsockopt(socket.SOL_SOCKET, which, struct.pack("ll", seconds, 0))
