"""What crosses a pipe: frames, each a part of one of the calls that are under way.

A frame is the call's number, its kind and its size, then so many bytes. Numbers grow;
a call is its text, then the line that is sealed, and perhaps that it is to stop; what
comes back are the bytes of its lines, then its end.
"""

import struct
import time
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import IntEnum
from typing import get_args

from wizard.elevation.codec import LONGEST
from wizard.elevation.methods import Action

LARGEST = LONGEST + 1  # bytes of a frame; a call has its action before its text
CALLS = 1 << 32
_HEAD = struct.Struct("<IBI")
_IN_TURNS = 64 * 1024
_FRAME_S = 10.0  # what was begun is whole by then
_ACTIONS: tuple[Action, ...] = get_args(Action)

# gives so many bytes at most within so many seconds; none at the end; TimeoutError
Read = Callable[[int, float | None], bytes]


class Kind(IntEnum):
    """What a frame holds."""

    CALL = 1
    SEALED = 2
    STOP = 3
    SAID = 4
    END = 5


ASKED: AbstractSet[Kind] = frozenset({Kind.CALL, Kind.SEALED, Kind.STOP})
ANSWERED: AbstractSet[Kind] = frozenset({Kind.SAID, Kind.END})


class BadFrame(Exception):
    """The peer keeps to nothing: what it sends is read no more."""


@dataclass(frozen=True)
class Frame:
    """One part of a call."""

    call: int
    kind: Kind
    data: bytes = b""

    def spell(self) -> bytes:
        """Give its bytes."""
        return _HEAD.pack(self.call, self.kind, len(self.data)) + self.data


def frames(read: Read, kinds: AbstractSet[Kind]) -> Iterator[Frame]:
    """Read frames to the end; BadFrame where one is none, or not whole in time.

    No more than one is held. Between two of them nothing need come.
    """
    while first := read(1, None):
        until = time.monotonic() + _FRAME_S
        head = first + _exactly(read, _HEAD.size - 1, until)
        call, number, size = _HEAD.unpack(head)
        if number not in kinds or size > LARGEST:
            raise BadFrame
        yield Frame(call, Kind(number), _exactly(read, size, until))


def parts(call: int, line: bytes) -> Iterator[Frame]:
    """Give a line in frames."""
    for at in range(0, len(line), LARGEST):
        yield Frame(call, Kind.SAID, line[at : at + LARGEST])


def spell_action(action: Action, text: str) -> bytes:
    """Give what a call's frame holds."""
    return bytes([_ACTIONS.index(action)]) + text.encode()


def read_action(data: bytes) -> tuple[Action, str]:
    """Read what a call's frame holds; BadFrame where it is none."""
    try:
        return _ACTIONS[data[0]], data[1:].decode()
    except (IndexError, UnicodeDecodeError):
        raise BadFrame from None


def _exactly(read: Read, size: int, until: float) -> bytes:
    whole = bytearray()
    while len(whole) < size:
        left = until - time.monotonic()
        if left <= 0:
            raise BadFrame
        try:
            got = read(min(size - len(whole), _IN_TURNS), left)
        except TimeoutError:
            raise BadFrame from None
        if not got:
            raise BadFrame
        whole += got
    return bytes(whole)
