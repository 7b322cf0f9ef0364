"""A million broken descriptors: refused or read exactly, in bounded time and memory."""

import gc
import os
import resource
import struct
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest

from agent.acl import rights
from agent.acl.access_check import decide
from agent.acl.descriptor import SecurityDescriptor, parse
from agent.acl.errors import DescriptorError
from agent.acl.rights import Right
from agent.acl.sid import Sid
from agent.acl.well_known_sids import EVERYONE
from tests.conftest import ReportLine
from tests.fixtures.fuzz import SHORT
from tests.unit.agent.acl.descriptor_mutations import CORPUS, MOST, mutated

SEED = int(os.environ.get("WRITEBACK_SEED", "20261123"))
TOKEN = frozenset({EVERYONE, Sid.of("S-1-5-11"), Sid.of("S-1-5-32-554")})
CLASSES = frozenset({rights.USER})
RIGHTS = (Right.RESET_PASSWORD, Right.WRITE_PWD_LAST_SET, Right.READ_CONTROL)
# far above what any takes: a bound against what grows, not a measure of speed
SLOWEST_S = 1.0
# a cost that grew with what was read before would make the last tenth 19 times as
# dear as the first; a machine that is shared makes it twice as dear by chance
LAST_TO_FIRST = 6
# a value read may be so many times as large as its bytes: an entry of 4 bytes is a
# whole object
TIMES_AS_LARGE = 40
HEAD = struct.Struct("<BBHIIII")
LIST = struct.Struct("<BBHHH")


@dataclass
class Run:
    """What became of many: numbers, and processor time by tenths of the run."""

    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    first: float = 0.0
    last: float = 0.0


@pytest.fixture(autouse=True)
def own_garbage() -> Iterator[None]:
    """Keeps a collection from looking through what the tests before left behind."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def survives(raw: bytes) -> SecurityDescriptor | None:
    """Read, decide and write one; only `DescriptorError` may come out."""
    try:
        read = parse(raw)
    except DescriptorError:
        return None
    assert read.to_bytes() == raw
    for right in RIGHTS:
        decided = decide(read, TOKEN, right, classes=CLASSES)
        assert not decided.allowed or decided.certain
    return read


def run(cases: int, report_line: ReportLine) -> Run:
    found = Run()
    tenth = cases // 10
    for number, raw in enumerate(mutated(SEED, cases)):
        start = time.thread_time()
        try:
            read = survives(raw)
        except BaseException as error:
            raise AssertionError(f"seed {SEED} case {number}: {raw.hex()}") from error
        took = time.thread_time() - start
        found.slowest = max(found.slowest, took)
        found.first += took if number < tenth else 0
        found.last += took if number >= cases - tenth else 0
        if read is None:
            found.refused += 1
        else:
            found.read += 1
    report_line(f"seed {SEED}: {found}")
    return found


def check(found: Run, cases: int) -> None:
    assert found.read + found.refused == cases
    # both ways are met: what is broken, and what is odd but whole
    assert min(found.read, found.refused) >= cases // 5
    assert found.slowest < SLOWEST_S
    assert found.last < LAST_TO_FIRST * found.first


def peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_broken_descriptors_are_refused_or_read_exactly(
    report_line: ReportLine,
) -> None:
    check(run(SHORT, report_line), SHORT)


@pytest.mark.slow
def test_a_million_broken_descriptors_take_bounded_time_and_memory(
    report_line: ReportLine,
) -> None:
    """129 seconds of a processor."""
    check(
        run(20_000, report_line), 20_000
    )  # what is kept of entries is full after this
    before = peak_kib()

    check(run(1_000_000, report_line), 1_000_000)

    assert peak_kib() - before < 64 * 1024


def largest_read(cases: Iterable[bytes]) -> float:
    """Give the most memory that reading one took, in times of its bytes."""
    most = 0.0
    for raw in cases:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        survives(raw)
        taken = tracemalloc.get_traced_memory()[1] - before
        most = max(most, taken / max(len(raw), 1024))
    return most


def full_list(entry: bytes) -> bytes:
    """Fill both lists with as many of an entry as they can hold."""
    count = (0xFFFF - LIST.size) // len(entry)
    size = LIST.size + count * len(entry)
    acl = LIST.pack(4, 0, size, count, 0) + entry * count
    return HEAD.pack(1, 0, 0x8014, 0, 0, HEAD.size, HEAD.size + size) + acl * 2


WORST = {
    "the shortest entries": full_list(b"\x63\x08\x04\x00"),
    "the shortest that say something": full_list(
        bytes.fromhex("0000140020000000010100000000000900000000")
    ),
    "entries with two GUIDs": full_list(
        struct.pack("<BBHII", 5, 0, 56, 0x20, 3)
        + bytes(range(32))
        + bytes.fromhex("010100000000000900000000")
    ),
    "one long condition": full_list(
        struct.pack("<BBHI", 9, 0, 0xFFF0, 0x100)
        + bytes.fromhex("010100000000000100000000")
        + b"art".ljust(0xFFF0 - 20, b"x")
    ),
    "both lists are one": HEAD.pack(1, 0, 0x8014, 0, 0, 20, 20)
    + full_list(b"\x63\x08\x04\x00")[20 : 20 + 0xFFFF - 3],
}


def test_memory_is_bounded_by_the_size_of_what_is_read() -> None:
    survives(WORST["the shortest entries"])  # caches and code are not counted
    tracemalloc.start()
    try:
        assert largest_read(mutated(SEED, 500)) < TIMES_AS_LARGE
        assert largest_read(WORST.values()) < TIMES_AS_LARGE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", WORST)
def test_the_largest_descriptors_are_read_in_bounded_time(name: str) -> None:
    assert len(WORST[name]) <= MOST + 0x14
    start = time.thread_time()

    assert survives(WORST[name]) is not None

    assert time.thread_time() - start < SLOWEST_S


def test_time_grows_with_the_number_of_entries_and_no_faster() -> None:
    entry = b"\x63\x08\x04\x00"

    def best(count: int) -> float:
        acl = LIST.pack(4, 0, LIST.size + 4 * count, count, 0) + entry * count
        raw = HEAD.pack(1, 0, 0x8004, 0, 0, 0, HEAD.size) + acl
        times = []
        for _ in range(5):
            start = time.thread_time()
            survives(raw)
            times.append(time.thread_time() - start)
        return min(times)

    assert best(16_000) < 3 * 8 * best(2_000)


def test_the_recorded_descriptors_are_whole() -> None:
    assert len(CORPUS) >= 30
    assert all(survives(raw) for raw in CORPUS)
