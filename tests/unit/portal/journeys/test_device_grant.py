"""What a wizard hears that waits (RFC 8628 section 3.5)."""

import pytest

from portal.journeys.device_grant import GrantState, PollAnswer, polled

STATES = {
    GrantState.WAITING: PollAnswer.PENDING,
    GrantState.APPROVED: PollAnswer.READY,
    GrantState.REFUSED: PollAnswer.DENIED,
    GrantState.TAKEN: PollAnswer.INVALID,
}


@pytest.mark.parametrize("state", GrantState)
def test_each_state_has_its_answer(state: GrantState) -> None:
    assert polled(state, 900, None, 5, 10).answer is STATES[state]


def test_who_asks_too_soon_waits_five_seconds_more_from_then_on() -> None:
    heard = polled(GrantState.WAITING, 900, 10, 5, 12)
    assert (heard.answer, heard.interval) == (PollAnswer.SLOW_DOWN, 10)
    again = polled(GrantState.WAITING, 900, 12, heard.interval, 18)
    assert (again.answer, again.interval) == (PollAnswer.SLOW_DOWN, 15)
    assert polled(GrantState.WAITING, 900, 18, 15, 33).answer is PollAnswer.PENDING


def test_asking_fast_gives_nothing_that_was_approved_either() -> None:
    assert polled(GrantState.APPROVED, 900, 10, 5, 11).answer is PollAnswer.SLOW_DOWN


@pytest.mark.parametrize(
    "state", [GrantState.WAITING, GrantState.APPROVED, GrantState.REFUSED]
)
def test_after_its_time_it_is_over_whatever_was_decided(state: GrantState) -> None:
    assert polled(state, 900, None, 5, 900).answer is PollAnswer.EXPIRED
