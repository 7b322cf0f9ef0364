"""Broken descriptors: real ones with bits, lengths, offsets and entries changed.

The same seed makes the same bytes on every machine.
"""

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

RECORDED = sorted((Path(__file__).parents[3] / "data/descriptors").glob("*.hex"))
CORPUS = tuple(bytes.fromhex(file.read_text(encoding="ascii")) for file in RECORDED)
MOST = 0x1FFFF  # bytes; two lists of the greatest size and some
_ODD = (0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFC, 0xFFFF)
_ODD_32 = (*_ODD, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF)
_KINDS = (*range(0x15), 0x63, 0xFF)

Change = Callable[[random.Random, bytearray], None]


def _flip_bits(dice: random.Random, raw: bytearray) -> None:
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)


def _set_bytes(dice: random.Random, raw: bytearray) -> None:
    for _ in range(dice.choice((1, 1, 3))):
        raw[dice.randrange(len(raw))] = dice.randrange(256)


def _cut(dice: random.Random, raw: bytearray) -> None:
    del raw[dice.randrange(len(raw)) :]


def _cut_inside(dice: random.Random, raw: bytearray) -> None:
    at = dice.randrange(len(raw))
    del raw[at : at + dice.choice((1, 2, 4, 8, 16, 64))]


def _grow(dice: random.Random, raw: bytearray) -> None:
    at = dice.randrange(len(raw) + 1)
    raw[at:at] = dice.randbytes(dice.choice((1, 4, 16, 64, 1024)))


def _offset(dice: random.Random, raw: bytearray) -> None:
    """Point a part elsewhere: into the header, another part, or outside."""
    if len(raw) < 20:
        return
    near = dice.randrange(len(raw) + 8)
    value = dice.choice((near, near & ~3, dice.choice(_ODD_32)))
    struct.pack_into("<I", raw, 4 + 4 * dice.randrange(4), value)


def _control(dice: random.Random, raw: bytearray) -> None:
    if len(raw) >= 4:
        struct.pack_into("<H", raw, 2, dice.getrandbits(16) | 0x8000)


def _lists(raw: bytes | bytearray) -> list[int]:
    """Give where the header says that lists are, if a list's header fits there."""
    if len(raw) < 20:
        return []
    offsets = struct.unpack_from("<II", raw, 12)
    return [at for at in offsets if 20 <= at <= len(raw) - 8]


def _entries(raw: bytes | bytearray, at: int) -> list[tuple[int, int]]:
    """Give where the entries of a list lie, as far as their sizes lead."""
    found: list[tuple[int, int]] = []
    count = struct.unpack_from("<H", raw, at + 4)[0]
    at += 8
    while len(found) < count and at + 4 <= len(raw):
        size = struct.unpack_from("<H", raw, at + 2)[0]
        if size < 4 or at + size > len(raw):
            break
        found.append((at, size))
        at += size
    return found


def _list_header(dice: random.Random, raw: bytearray) -> None:
    """Change a list's size, count or revision."""
    for at in _lists(raw)[:1]:
        place, value = dice.choice((2, 4)), dice.choice(_ODD)
        was = struct.unpack_from("<H", raw, at + place)[0]
        near = max(0, min(0xFFFF, was + dice.choice((-4, -1, 1, 4))))
        struct.pack_into("<H", raw, at + place, dice.choice((value, near)))
        if dice.random() < 0.2:
            raw[at] = dice.randrange(8)


def _entry_header(dice: random.Random, raw: bytearray) -> None:
    """Change an entry's kind, flags, size, mask or object flags."""
    for at in _lists(raw)[:1]:
        entries = _entries(raw, at)
        if not entries:
            return
        place, size = dice.choice(entries)
        match dice.randrange(4):
            case 0:
                raw[place] = dice.choice(_KINDS)
            case 1:
                raw[place + 1] = dice.randrange(256)
            case 2:
                value = (dice.choice(_ODD), size + dice.choice((-4, 4, 8, 1)))
                struct.pack_into("<H", raw, place + 2, dice.choice(value) & 0xFFFF)
            case _:
                word = place + 4 * dice.randrange(1, max(2, size // 4))
                if word + 4 <= len(raw):
                    struct.pack_into("<I", raw, word, dice.choice(_ODD_32))


def _insert_entries(dice: random.Random, raw: bytearray) -> None:
    """Put copies of an entry, or new ones, into a list whose numbers stay right."""
    for at in _lists(raw)[:1]:
        entries = _entries(raw, at)
        size, count = struct.unpack_from("<HH", raw, at + 2)
        fresh = _made(dice)
        if entries and dice.random() < 0.6:
            place, length = dice.choice(entries)
            fresh = bytes(raw[place : place + length])
        most = (0xFFFF - size) // len(fresh)
        times = min(most, dice.choice((1, 1, 1, 1, 2, 8, 8, 64)))
        where = dice.choice(entries)[0] if entries else at + 8
        raw[where:where] = fresh * times
        new = (size + len(fresh) * times, min(0xFFFF, count + times))
        struct.pack_into("<HH", raw, at + 2, *new)
        _shift(raw, where, len(fresh) * times)


def _made(dice: random.Random) -> bytes:
    body = dice.randbytes(4 * dice.choice((0, 1, 2, 5, 9, 17)))
    head = struct.pack("<BBH", dice.choice(_KINDS), dice.randrange(256), len(body) + 4)
    return head + body


def _shift(raw: bytearray, where: int, by: int) -> None:
    """Let what lies behind an insertion be found again."""
    for place in (4, 8, 12, 16):
        offset = struct.unpack_from("<I", raw, place)[0]
        if where <= offset <= 0xFFFFFFFF - by:
            struct.pack_into("<I", raw, place, offset + by)


CHANGES: tuple[Change, ...] = (
    *(_flip_bits, _set_bytes, _cut, _cut_inside, _grow, _offset, _control),
    *(_list_header, _entry_header, _entry_header, _insert_entries, _insert_entries),
)


def mutated(seed: int, cases: int) -> Iterator[bytes]:
    """Make so many, one after another; some have several changes."""
    dice = random.Random(seed)  # noqa: S311 - a repeatable table, no secret
    for _ in range(cases):
        raw = bytearray(dice.choice(CORPUS))
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            if raw:
                dice.choice(CHANGES)(dice, raw)
        yield bytes(raw[:MOST])
