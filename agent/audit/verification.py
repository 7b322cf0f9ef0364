"""The audit files compared with themselves and with the head: what is not as written.

Each finding names the record by its number. Who may write the files and the head can
write both anew: an earlier hash, from a log server or an earlier check, proves more.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from agent.audit import chain, files
from agent.audit.chain import MOST_BYTES, Link, Tip
from agent.audit.head import Head, Kept
from wire.text import Text, plural

# the next ones are counted: a file that is another's has one in each line
MOST_FINDINGS = 100


@dataclass(frozen=True)
class Report:
    """What came of a check.

    `records` are those of the chain, from `first` to `last`; `unchained` older ones, of
    before there was a chain; `more` counts findings beyond those listed; `unfinished`:
    the newest file ends without a line break, as when the machine stopped.
    """

    findings: Sequence[Text]
    more: int
    records: int
    first: int
    last: Tip
    unchained: int
    unfinished: bool

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True)
class _File:
    name: str
    file: BinaryIO
    size: int


@dataclass
class _Missing:
    """Numbers that were passed over so far, as ranges of both ends, in order."""

    ranges: list[tuple[int, int]] = field(default_factory=list)

    def take(self, seq: int) -> bool:
        """Take a number out; say whether it was in."""
        at = bisect_right(self.ranges, seq, key=itemgetter(0)) - 1
        if at < 0 or seq > self.ranges[at][1]:
            return False
        low, high = self.ranges[at]
        rest = [(low, seq - 1), (seq + 1, high)]
        self.ranges[at : at + 1] = [each for each in rest if each[0] <= each[1]]
        return True


class _Check:
    """One run over the files in their order."""

    def __init__(self, kept: Kept | None, expected: str) -> None:
        self._kept = kept
        self._expected = expected
        self._seen_expected = not expected
        self._findings: list[Text] = []
        self._more = 0
        self._missing = _Missing()
        self._last: Link | None = None
        self._first = 0
        self._records = self._unchained = 0
        self._unfinished = False

    def file(self, part: _File, *, newest: bool) -> None:
        """Check the lines of one file."""
        for number, (line, whole) in enumerate(_lines(part), start=1):
            link = chain.read(line) if whole else None
            if link is not None:
                self._link(link, part.name)
            elif not whole and newest and len(line) < MOST_BYTES:
                self._unfinished = True
            elif chain.is_unchained(line):
                self._unchained += 1
                if self._last is not None:
                    self._find(_in_no_chain(number, part.name))
            else:
                self._find(_no_record(number, part.name))

    def report(self) -> Report:
        """Compare with the head, and say what was found."""
        if self._kept is not None:
            self._compare(self._kept)
        for low, high in self._missing.ranges:
            self._find(_gone(low, high))
        if not self._seen_expected:
            self._find(Text("No record has the hash {hash}.", hash=self._expected))
        return Report(
            tuple(self._findings),
            self._more,
            self._records,
            self._first,
            self._last.tip if self._last else Tip(),
            self._unchained,
            self._unfinished,
        )

    def _link(self, link: Link, name: str) -> None:
        self._records += 1
        self._seen_expected = self._seen_expected or link.hash == self._expected
        last = self._last
        if not link.sound:
            self._find(
                Text("Record {seq} was changed ({file}).", seq=link.seq, file=name)
            )
            if last is not None and link.seq != last.seq + 1:
                return  # its number may be what was changed
        if last is None:
            self._first = link.seq
        elif link.seq <= last.seq:
            self._out_of_order(link, last, name)
            return
        else:
            self._follows(link, last)
        self._is_as_settled(link)
        self._last = link

    def _follows(self, link: Link, last: Link) -> None:
        if link.seq > last.seq + 1:
            self._missing.ranges.append((last.seq + 1, link.seq - 1))
        elif link.prev != last.hash and last.sound:
            self._find(_replaced(last.seq, link.seq))

    def _out_of_order(self, link: Link, last: Link, name: str) -> None:
        if self._missing.take(link.seq):
            self._find(_displaced(link.seq, last.seq, name))
        else:
            self._find(_twice(link.seq, name))

    def _is_as_settled(self, link: Link) -> None:
        kept = self._kept.last if self._kept else None
        if kept and kept.seq == link.seq and kept.hash != link.hash and link.sound:
            self._find(
                Text("Record {seq} is not the one that was written.", seq=link.seq)
            )

    def _compare(self, kept: Kept) -> None:
        last = self._last.seq if self._last else kept.first - 1
        if self._last and self._first > kept.first:
            self._missing.ranges.insert(0, (kept.first, self._first - 1))
        if kept.last.seq > last:
            self._missing.ranges.append((last + 1, kept.last.seq))

    def _find(self, text: Text) -> None:
        if len(self._findings) < MOST_FINDINGS:
            self._findings.append(text)
        else:
            self._more += 1


def verify(path: Path, head: Path, expected: str = "") -> Report:
    """Check the records of the file at `path` and of those that it was before.

    `expected` is a hash that one of them must have; empty for none. OSError where they
    can't be read. An agent that runs goes on meanwhile.
    """
    with ExitStack() as opened:
        kept, parts = _taken(path, head, opened)
        check = _Check(kept, expected)
        for part in parts:
            check.file(part, newest=part is parts[-1])
        return check.report()


def _taken(
    path: Path, head: Path, opened: ExitStack
) -> tuple[Kept | None, Sequence[_File]]:
    """Open all files as they are at one moment, oldest first."""
    with ExitStack() as held:
        kept = None
        if head.exists():
            file = Head(head, read_only=True)
            opened.callback(file.close)
            held.enter_context(file.locked())
            kept = file.read()
        parts = [
            _File(each.name, file, _size(file))
            for each in files.all_files(path)
            for file in (opened.enter_context(files.open_regular(each)),)
        ]
    return kept, sorted(parts, key=lambda part: _begins_at(part, path))


def _begins_at(part: _File, path: Path) -> tuple[int, bool]:
    """Order files by their first record; what is of before the chain comes first."""
    link = files.first_link(part.file)
    return (link.seq if link else 0, part.name == path.name)


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _lines(part: _File) -> Iterator[tuple[bytes, bool]]:
    """Give the lines of a file, and whether each has its end; long ones in parts."""
    part.file.seek(0)
    left = part.size
    while left > 0:
        line = part.file.readline(min(left, MOST_BYTES))
        if not line:
            return
        left -= len(line)
        yield line.removesuffix(b"\n"), line.endswith(b"\n")


def _gone(low: int, high: int) -> Text:
    count = high - low + 1
    return plural(
        "Record {low} is missing.",
        "Records {low}–{high} are missing.",
        count,
        low=low,
        high=high,
    )


def _no_record(number: int, name: str) -> Text:
    return Text(
        "Line {line} of {file} is no whole record.", line=str(number), file=name
    )


def _in_no_chain(number: int, name: str) -> Text:
    return Text(
        "Line {line} of {file} is in no chain: a version that made none wrote it, or "
        "somebody else.",
        line=str(number),
        file=name,
    )


def _replaced(seq: int, after: int) -> Text:
    return Text(
        "Record {seq} is not the one that record {after} was written after.",
        seq=seq,
        after=after,
    )


def _displaced(seq: int, last: int, name: str) -> Text:
    return Text(
        "Record {seq} stands after record {last} ({file}).",
        seq=seq,
        last=last,
        file=name,
    )


def _twice(seq: int, name: str) -> Text:
    return Text("Record {seq} is there twice ({file}).", seq=seq, file=name)
