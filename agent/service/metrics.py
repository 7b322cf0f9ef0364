"""Counts and times of requests, for Prometheus (text format 0.0.4)."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping

from wire.outcomes import Code

# seconds; the upper bounds of the histogram
_BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts answers; safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_code = Counter[Code]()
        self._buckets = [0] * len(_BOUNDS_S)
        self._seconds = 0.0

    def count(self, code: Code, ms: float) -> None:
        """Count one answer."""
        seconds = ms / 1000
        with self._lock:
            self._by_code[code] += 1
            self._seconds += seconds
            for at, bound in enumerate(_BOUNDS_S):
                self._buckets[at] += seconds <= bound

    def text(self, gauges: Mapping[str, bool]) -> str:
        """Give the counters and some gauges as Prometheus reads them."""
        with self._lock:
            return "\n".join([*_gauges(gauges), *self._requests(), *self._times(), ""])

    def _requests(self) -> Iterator[str]:
        name = "writeback_requests_total"
        yield f"# HELP {name} Answers by code."
        yield f"# TYPE {name} counter"
        for code, count in sorted(self._by_code.items()):
            yield f'{name}{{code="{code}"}} {count}'

    def _times(self) -> Iterator[str]:
        name, total = "writeback_request_seconds", self._by_code.total()
        yield f"# HELP {name} From the sealed request to the sealed answer."
        yield f"# TYPE {name} histogram"
        for bound, count in zip(_BOUNDS_S, self._buckets, strict=True):
            yield f'{name}_bucket{{le="{bound}"}} {count}'
        yield f'{name}_bucket{{le="+Inf"}} {total}'
        yield f"{name}_sum {self._seconds:.6f}"
        yield f"{name}_count {total}"


def _gauges(values: Mapping[str, bool]) -> Iterator[str]:
    for name, value in values.items():
        yield f"# TYPE {name} gauge"
        yield f"{name} {int(value)}"
