"""The benchmark's figures keep their names: whoever reads them goes by those."""

from lab.bench import stalls
from lab.bench.coverage import Judging, figures


def test_judging_is_told_beside_its_floor_and_few_people() -> None:
    few = Judging(1000, 2.04, 61.04)
    many = [Judging(20_000, seconds, 64.0 + seconds) for seconds in (40.0, 44.0, 41.0)]

    assert figures(few, many, [36.0, 40.0, 35.0]) == {
        "users": 20_000,
        "seconds": 41.0,
        "floor_seconds": 36.0,
        "ratio": 1.14,
        "peak_mb": 108.0,
        "few_users": 1000,
        "few_seconds": 2.04,
        "few_peak_mb": 61.0,
    }


def test_stalls_are_told_by_page_and_the_longest_of_all() -> None:
    assert stalls.figures({"welcome": 18.2, "review": 41.0}) == {
        "stall_welcome_ms": 18.2,
        "stall_review_ms": 41.0,
        "stall_longest_ms": 41.0,
    }
