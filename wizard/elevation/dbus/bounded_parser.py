"""Reads messages off the bus, and passes over those that are too large to be calls.

The size is looked at before a message is kept: the bus itself lets through 128 MiB, of
anybody.
"""

from collections.abc import Sequence

from jeepney import Message, Parser
from jeepney.fds import FileDescriptor
from jeepney.low_level import calc_msg_size

from wizard.elevation.codec import LONGEST

MOST = LONGEST + 64 * 1024  # bytes; the head and the text of a call, all of ASCII
_CHUNK = 64 * 1024
_HEAD = 16  # what tells the size


class BoundedParser(Parser):  # type: ignore[misc]  # jeepney carries no types
    """A parser of jeepney's that keeps no more than one call."""

    def __init__(self) -> None:
        super().__init__()
        self.fds: list[FileDescriptor] = []
        self._passed_over = 0

    def add_data(self, data: bytes, fds: Sequence[FileDescriptor] = ()) -> None:
        """Take what was received; of a message that is too large, nothing is kept."""
        self.fds.extend(fds)
        over = data[: self._passed_over]
        self._passed_over -= len(over)
        if rest := data[len(over) :]:
            self.buf.write(rest)
        if over:
            self._close_descriptors()
        self._pass_over()

    def get_next_message(self) -> Message | None:
        """Give a message that is here whole; None where none is."""
        self._pass_over()
        return super().get_next_message()

    def _pass_over(self) -> None:
        """Let go of what is too large, as far as it is here."""
        while self.next_msg_size is None and self.buf.bytes_buffered >= _HEAD:
            size = calc_msg_size(self.buf.peek(_HEAD))
            if size <= MOST:
                return
            here = min(size, self.buf.bytes_buffered)
            self.buf.read(here)
            self._passed_over = size - here
            self._close_descriptors()

    def _close_descriptors(self) -> None:
        for each in self.fds:
            each.close()
        self.fds = []

    def bytes_desired(self) -> int:
        """Say how much is received at once: never beyond the message under way."""
        wanted: int = self._passed_over or super().bytes_desired()
        return min(wanted, _CHUNK)
