"""What a loop's timers round off says nothing of the time that was spent."""

from statistics import fmean, pstdev

import pytest

from portal.visits.even_time import left

_TICK_S, _TIMES = 0.1, 20_000


# known and unknown names, as near as they are: one would be rounded up, the other down
@pytest.mark.parametrize("spent_ms", [2.4, 2.6, 2.5, 3.0])
def test_answers_of_timers_of_milliseconds_leave_alike(spent_ms: float) -> None:
    spent = spent_ms / 1000
    gone = [
        spent_ms + round(left(spent, _TICK_S) * 1000) - _TICK_S * 1000
        for _ in range(_TIMES)
    ]
    # one grain later than the tick, by half a grain more or less
    assert fmean(gone) == pytest.approx(1.0, abs=0.03)
    assert pstdev(gone) == pytest.approx(0.5, abs=0.03)


def test_none_leaves_before_its_tick_or_much_after_it() -> None:
    assert all(0.0976 <= left(0.0024, _TICK_S) < 0.0997 for _ in range(1000))
