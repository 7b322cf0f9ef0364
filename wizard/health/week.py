"""The last seven days of answers: counted by day and outcome, timed, the last ones."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from wire.text import EMPTY, Text
from wizard.health.answers import Answer, Kind, answer_of, in_full
from wizard.health.audit_records import Budget

DAYS = 7
_LAST = 30  # answers that can be opened
_AHEAD = timedelta(minutes=5)  # how far a clock may have been ahead
_NIGHT = timedelta(hours=24)


@dataclass(frozen=True)
class Counts:
    """How many answers came to what."""

    done: int = 0
    refused: int = 0
    failed: int = 0

    @property
    def all(self) -> int:
        """All of them."""
        return self.done + self.refused + self.failed

    def of(self, kind: Kind) -> int:
        """Count one kind."""
        return {
            Kind.DONE: self.done,
            Kind.REFUSED: self.refused,
            Kind.FAILED: self.failed,
        }[kind]


@dataclass(frozen=True)
class Day:
    """One day by this machine's clock."""

    date: date
    counts: Counts = Counts()


@dataclass(frozen=True)
class Week:
    """What the audit records say of the last seven days, oldest day first.

    Checks are among the `last` answers, newest first, and are not counted: they set no
    password. `p50_ms` and `p95_ms` are the nearest ranks, None where nothing was timed.
    `recent` are those of the last 24 hours; `most` is what most of them that are not
    done came to, and how often. `since` is where reading ended, where there is more
    than is read; `trouble` why nothing could be read.
    """

    days: tuple[Day, ...] = ()
    p50_ms: float | None = None
    p95_ms: float | None = None
    last: tuple[Answer, ...] = ()
    recent: Counts = Counts()
    most: Answer | None = None
    most_count: int = 0
    since: datetime | None = None
    unreadable: int = 0
    trouble: Text = EMPTY

    @property
    def counts(self) -> Counts:
        """All seven days."""
        return counted(
            {kind: sum(day.counts.of(kind) for day in self.days) for kind in Kind}
        )


def counted(by_kind: Mapping[Kind, int]) -> Counts:
    """Make counts of numbers by kind."""
    return Counts(*(by_kind.get(kind, 0) for kind in Kind))


def begin_of(now: datetime) -> datetime:
    """Give the midnight that the seven days begin at; `now` is of this machine's zone.

    Where the clock is set meanwhile (DST) it is an hour off, and no day is missing.
    """
    first = now - timedelta(days=DAYS - 1)
    return first.replace(hour=0, minute=0, second=0, microsecond=0)


class _Tally:
    """What is counted on the way through the records, newest first."""

    def __init__(self, now: datetime) -> None:
        self.now, self.begin = now, begin_of(now)
        self.by_day: dict[date, Counter[Kind]] = {}
        self.recent: Counter[Kind] = Counter()
        self.codes: Counter[str] = Counter()
        self.example: dict[str, Answer] = {}
        self.ms: list[float] = []
        self.last: list[Answer] = []
        self.oldest = now

    def take(self, record: Mapping[str, Any], answer: Answer) -> None:
        self.oldest = min(self.oldest, answer.at)
        if answer.at < self.begin or answer.at > self.now + _AHEAD:
            return
        if len(self.last) < _LAST and answer.count == 1:
            self.last.append(replace(answer, record=in_full(record)))
        if not answer.is_check:
            self._count(answer)

    def _count(self, answer: Answer) -> None:
        day = answer.at.astimezone(self.now.tzinfo).date()
        self.by_day.setdefault(day, Counter())[answer.kind] += answer.count
        if answer.ms is not None and answer.count == 1:
            self.ms.append(answer.ms)
        if answer.at < self.now - _NIGHT:
            return
        self.recent[answer.kind] += answer.count
        if answer.kind is not Kind.DONE:
            self.codes[answer.code] += answer.count
            self.example.setdefault(answer.code, answer)

    def days(self) -> tuple[Day, ...]:
        first = self.begin.date()
        days = (first + timedelta(days=number) for number in range(DAYS))
        return tuple(Day(day, counted(self.by_day.get(day, {}))) for day in days)


def week_of(
    records: Iterable[Mapping[str, Any]], now: datetime, budget: Budget
) -> Week:
    """Count the answers among records, which come newest first; OSError as they do.

    `now` has the zone that days are told in; `budget` is that of who reads the records.
    """
    tally = _Tally(now)
    for record in records:
        try:
            answer = answer_of(record)
        except ValueError:
            budget.unreadable += 1
            continue
        if answer is not None:
            tally.take(record, answer)
    (code, count), *_ = [*tally.codes.most_common(1), ("", 0)]
    return Week(
        tally.days(),
        percentile(tally.ms, 50),
        percentile(tally.ms, 95),
        tuple(tally.last),
        counted(tally.recent),
        tally.example.get(code),
        count,
        tally.oldest if budget.spent and tally.oldest > tally.begin else None,
        budget.unreadable,
    )


def percentile(values: Sequence[float], percent: int) -> float | None:
    """Give the nearest rank: the least value that so many percent are not above."""
    if not values:
        return None
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]
