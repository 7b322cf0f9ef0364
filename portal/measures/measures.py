"""What one node counts since it started: requests to agents, pages, how long they took.

Of labels there are as many as there are operations, codes and classes of status: never
one of a person, an address or a path.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

# in seconds: an agent's answer, a tick of a page, a directory that is slow
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Times:
    """How long something took, by one label: a histogram with fixed bounds."""

    def __init__(self) -> None:
        self._buckets: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def add(self, label: str, seconds: float) -> None:
        """Take one more."""
        buckets = self._buckets.setdefault(label, [0] * (len(BOUNDS) + 1))
        buckets[bisect_left(BOUNDS, seconds)] += 1
        self._sums[label] = self._sums.get(label, 0.0) + seconds

    def each(self) -> Iterator[tuple[str, list[int], float]]:
        """Give label, how many in each bucket and above all, and their sum."""
        for label in sorted(self._buckets):
            yield label, list(self._buckets[label]), self._sums[label]


@dataclass
class Measures:
    """The counts of one process; `started` in Unix seconds.

    `answers` are by operation and code, `pages` by class of status (`2xx`).
    """

    started: float = field(default_factory=time.time)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    answer_times: Times = field(default_factory=Times)
    pages: Counter[str] = field(default_factory=Counter)
    page_times: Times = field(default_factory=Times)

    def answered(self, operation: str, code: str, seconds: float) -> None:
        """Take what an agent answered, or that nothing came (`unknown_result`)."""
        self.answers[operation, code] += 1
        self.answer_times.add(operation, seconds)

    def shown(self, status: int, seconds: float) -> None:
        """Take what a browser was answered with."""
        self.pages[f"{status // 100}xx"] += 1
        self.page_times.add("", seconds)
