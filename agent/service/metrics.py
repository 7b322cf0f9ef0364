"""Counts and times of requests, for Prometheus."""

from dataclasses import dataclass, field

# seconds; the upper bounds of the histogram
BOUNDS_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass
class Counts:
    """Requests of one kind: how many, and how long they took."""

    by_code: dict[str, int] = field(default_factory=dict)
    buckets: list[int] = field(default_factory=lambda: [0] * len(BOUNDS_S))
    seconds: float = 0.0
    total: int = 0
