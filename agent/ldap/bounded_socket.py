"""A controller's socket: whole LDAP messages, each call bounded in time and size.

What a controller sends is looked at before ldap3 reads it: one message at a time, of
definite lengths that fit into each other (RFC 4511 section 5.1), and not more of it
than anybody who is well asks for.
"""

import math
import ssl
import time
from dataclasses import dataclass, field

MOST_MESSAGE = 4 * 1024 * 1024  # bytes
MOST_CALL = 32 * 1024 * 1024  # bytes of all messages to one request
MOST_MESSAGES = 10_000  # to one request; a page has 500 entries
MOST_ELEMENTS = 500_000  # of all messages to one request: each is an object of Python
_MOST_DEPTH = 12
# a search may take so many times as long as a controller may be silent
_TIMES_AS_LONG = 3
_CHUNK = 65536
_SEQUENCE = 0x30
_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_MOST_LENGTH_OCTETS = 4


class BadAnswer(ValueError):
    """Bytes that no controller sends who is well."""


@dataclass
class _Budget:
    """What is left for one call."""

    until: float
    octets: int
    messages: int
    elements: int


@dataclass
class BoundedSocket:
    """Stands for the TLS socket where ldap3 keeps its own.

    `silence` is how many seconds a controller may say nothing; nothing is begun after
    `lent_until` (`time.monotonic`).
    """

    inner: ssl.SSLSocket
    silence: float
    lent_until: float = math.inf
    _came: bytearray = field(default_factory=bytearray, repr=False)
    _budget: _Budget = field(default_factory=lambda: _Budget(0.0, 0, 0, 0))

    def begin(self, *, writes: bool = False) -> None:
        """Begin one call: a write is answered within the time of one silence."""
        until = time.monotonic() + self.silence
        if not writes:
            longer = (_TIMES_AS_LONG - 1) * self.silence
            until = min(until + longer, self.lent_until)
        self._budget = _Budget(until, MOST_CALL, MOST_MESSAGES, MOST_ELEMENTS)

    @property
    def has_rest(self) -> bool:
        """Whether bytes came that no request asked for."""
        return bool(self._came) or self.inner.pending() > 0

    def recv(self, _size: int) -> bytes:
        """Give one whole message; nothing at the end of the connection.

        TimeoutError, OSError; BadAnswer for what is too much, or no message.
        """
        size = self._size()
        while size is None or len(self._came) < size:
            got = self._receive()
            if not got:
                return b""  # ldap3 takes this for the end
            self._came += got
            size = self._size() if size is None else size
        message = bytes(self._came[:size])
        del self._came[:size]
        self._spend(message)
        return message

    def _receive(self) -> bytes:
        self.inner.settimeout(self._seconds())
        return self.inner.recv(_CHUNK)

    def sendall(self, data: bytes) -> None:
        """Send it all, in the time of the call."""
        self.inner.settimeout(self._seconds())
        self.inner.sendall(data)

    def _seconds(self) -> float:
        left = self._budget.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        return min(left, self.silence)

    def _size(self) -> int | None:
        """Give the size of the message that comes; None while its head is not here."""
        head = bytes(self._came[: 2 + _MOST_LENGTH_OCTETS])
        if head and head[0] != _SEQUENCE:
            raise BadAnswer("no LDAP message")
        if len(head) < 2 or len(head) < 2 + _length_octets(head[1]):
            return None
        length, at = _length(head, 1)
        if at + length > min(MOST_MESSAGE, self._budget.octets):
            raise BadAnswer("a message that is too long")
        return at + length

    def _spend(self, message: bytes) -> None:
        budget = self._budget
        budget.octets -= len(message)
        budget.messages -= 1
        budget.elements -= count_elements(message)
        if budget.messages < 0 or budget.elements < 0:
            raise BadAnswer("more than was asked for")

    def fileno(self) -> int:
        return self.inner.fileno()

    def shutdown(self, how: int) -> None:
        self.inner.shutdown(how)

    def close(self) -> None:
        self.inner.close()


def count_elements(message: bytes) -> int:
    """Count the elements of a message; BadAnswer where one does not fit (X.690)."""
    at, count, ends = 0, 0, [len(message)]
    try:
        while ends:
            if at == ends[-1]:
                ends.pop()
                continue
            tag = message[at]
            length, at = _length(message, at + 1)
            if at + length > ends[-1] or tag & _LONG_TAG == _LONG_TAG:
                raise BadAnswer("an element that does not fit")
            if tag & _CONSTRUCTED and len(ends) > _MOST_DEPTH:
                raise BadAnswer("elements too deep in each other")
            count += 1
            if tag & _CONSTRUCTED:
                ends.append(at + length)
            else:
                at += length
    except IndexError:
        raise BadAnswer("an element that is cut off") from None
    return count


def _length_octets(first: int) -> int:
    """Give how many octets of the length follow its first."""
    count = first & 0x7F if first & 0x80 else 0
    if (first & 0x80 and not count) or count > _MOST_LENGTH_OCTETS:
        raise BadAnswer("a length that is not definite, or of too many octets")
    return count


def _length(message: bytes, at: int) -> tuple[int, int]:
    """Read a length; give it, and where its value begins."""
    first = message[at]
    if first < 0x80:
        return first, at + 1
    end = at + 1 + _length_octets(first)
    if end > len(message):
        raise BadAnswer("a length that is cut off")
    return int.from_bytes(message[at + 1 : end], "big"), end
