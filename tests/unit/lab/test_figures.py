"""The benchmark's figures keep their names: whoever reads them goes by those."""

from lab.bench import portal, stalls
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


def test_the_portal_is_told_beside_the_agent_s_own_time_and_its_aims() -> None:
    pressed = [{"ms": 40.0 + n, "reference": str(n)} for n in range(3)]
    measured = {
        "one_by_one": pressed,
        "at_once": [{"ms": 900.0, "reference": "9"}, {"ms": 1100.0, "reference": "8"}],
        "visits_s": 4.5,
        "lookups_per_s": 80.25,
        "resident_kb": 96.5 * 1024,
    }
    agent = {str(n): 20.0 + 2 * n for n in range(3)}

    told = portal.figures(
        measured, agent, 99.0 * 1024, [(900.0, 450.0), (1100.0, 550.0)]
    )

    assert told == {
        "portal_button_p50_ms": 41.0,
        "portal_button_p99_ms": 41.98,
        "portal_agent_p50_ms": 22.0,
        "portal_agent_p99_ms": 23.96,
        "portal_adds_p50_ms": 19.0,
        "portal_adds_p99_ms": 19.98,
        "portal_adds_aim_ms": 25.0,
        "portal_adds_ratio": 0.86,
        "portal_people": 2,
        "portal_at_once_p50_ms": 1000.0,
        "portal_at_once_p99_ms": 1098.0,
        "portal_at_once_visits_s": 4.5,
        "portal_lookups_per_s": 80.25,
        "portal_memory_mb": 96.5,
        "portal_memory_peak_mb": 99.0,
        "portal_memory_aim_mb": 120.0,
        "portal_first_page_ms": 1000.0,
        "portal_first_page_floor_ms": 500.0,
        "portal_first_page_ratio": 2.0,
    }
