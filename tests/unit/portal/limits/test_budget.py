"""What is left and how long one waits agree with what may be taken."""

from hypothesis import given
from hypothesis import strategies as st

from portal.limits.budget import Budget


@given(st.integers(1, 50), st.floats(1, 1e5), st.floats(0, 2e5), st.floats(0, 1e6))
def test_who_has_something_left_does_not_wait(
    most: int, seconds: float, ahead: float, now: float
) -> None:
    budget = Budget("x", most, seconds)
    arrival = now + min(ahead, seconds)
    left = budget.left(arrival, now)
    assert 0 <= left <= most
    wait = budget.wait(arrival, now)
    assert 0 <= wait <= budget.interval * 1.001 + 1e-6
    if left == 0:
        assert wait > 0 or ahead >= seconds - budget.interval - 1e-3


def test_a_whole_budget_is_left_to_who_took_nothing() -> None:
    budget = Budget("x", 5, 86_400.0)
    assert (budget.left(0.0, 10.0), budget.wait(0.0, 10.0)) == (5, 0.0)
