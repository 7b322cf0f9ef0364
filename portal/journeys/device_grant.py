"""A wizard that waits to be approved (RFC 8628): what it hears, and when. Pure."""

from dataclasses import dataclass
from enum import StrEnum

LIFETIME_S = 900
INTERVAL_S = 5
# RFC 8628 section 3.5: who asks too soon waits five seconds longer from then on
_SLOWER_S = 5
# a clock of the network's: what is sent every five seconds comes a little sooner
_EARLY_S = 0.5


class GrantState(StrEnum):
    """How far a grant is; the values are stored."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN = "taken"


class PollAnswer(StrEnum):
    """What the token endpoint says (RFC 8628 section 3.5, RFC 6749 section 5.2)."""

    READY = ""
    PENDING = "authorization_pending"
    SLOW_DOWN = "slow_down"
    DENIED = "access_denied"
    EXPIRED = "expired_token"
    INVALID = "invalid_grant"


@dataclass(frozen=True)
class Polled:
    """What a wizard hears, and how long it waits from then on, in seconds."""

    answer: PollAnswer
    interval: int


def polled(
    state: GrantState, ends: float, last: float | None, interval: int, now: float
) -> Polled:
    """Answer a wizard that asks at `now`, and asked at `last` before.

    Who asks too soon hears nothing else, so that asking faster is of no use.
    """
    if state is GrantState.TAKEN:
        return Polled(PollAnswer.INVALID, interval)
    if ends <= now:
        return Polled(PollAnswer.EXPIRED, interval)
    if last is not None and now - last < interval - _EARLY_S:
        return Polled(PollAnswer.SLOW_DOWN, interval + _SLOWER_S)
    answers = {
        GrantState.WAITING: PollAnswer.PENDING,
        GrantState.APPROVED: PollAnswer.READY,
        GrantState.REFUSED: PollAnswer.DENIED,
    }
    return Polled(answers[state], interval)
