"""Messages off the bus: each whole, none too large, however they come in."""

import os
import random
from collections.abc import Iterator

from jeepney import DBusAddress, Message, new_method_call
from jeepney.fds import FileDescriptor

from wizard.elevation.codec import LONGEST, NAME, PATH
from wizard.elevation.dbus.bounded_parser import MOST, BoundedParser

SETUP = DBusAddress(PATH, bus_name=NAME, interface=NAME)
SEED = int(os.environ.get("WRITEBACK_SEED", "20261129"))


def written(text: str, serial: int = 1) -> bytes:
    data: bytes = new_method_call(SETUP, "Look", "s", (text,)).serialise(serial=serial)
    return data


def messages(parser: BoundedParser) -> Iterator[Message]:
    while (message := parser.get_next_message()) is not None:
        yield message


def test_a_message_that_is_too_large_is_passed_over_and_not_kept() -> None:
    """100 MB, of which the bus would let through even more."""
    parser = BoundedParser()
    head = written("x" * LONGEST)
    large = bytearray(head[:16])
    large[4:8] = (100_000_000).to_bytes(4, "little")
    parser.add_data(bytes(large))
    sent = 16
    while parser._passed_over:
        size = parser.bytes_desired()
        assert size <= 64 * 1024
        parser.add_data(bytes(size))
        sent += size
        assert parser.buf.bytes_buffered == 0
        assert parser.get_next_message() is None
    assert sent > 100_000_000
    parser.add_data(written("after it"))
    assert [each.body for each in messages(parser)] == [("after it",)]


def test_the_longest_call_is_read() -> None:
    parser = BoundedParser()
    parser.add_data(written("x" * LONGEST))
    assert [len(each.body[0]) for each in messages(parser)] == [LONGEST]


def test_what_came_with_one_that_is_too_large_is_closed() -> None:
    parser = BoundedParser()
    read_end, write_end = os.pipe()
    try:
        parser.add_data(written("x" * MOST), [FileDescriptor(read_end)])
        assert parser.fds == []
    finally:
        os.close(write_end)


def test_messages_in_any_parts_are_the_same() -> None:
    chosen = random.Random(SEED)  # noqa: S311 - the same again by its seed
    for _ in range(60):
        sizes = [chosen.choice((0, 5, 300, MOST)) for _ in range(5)]
        stream = b"".join(written("y" * size, 1) for size in sizes)
        parser, seen = BoundedParser(), list[Message]()
        while stream:
            size = chosen.choice((1, 15, 16, 17, 1000, 65536, len(stream)))
            part, stream = stream[:size], stream[size:]
            parser.add_data(part)
            seen += messages(parser)
        assert [len(each.body[0]) for each in seen] == [s for s in sizes if s < MOST]
