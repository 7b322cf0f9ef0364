"""By how much this machine's clock differs from a relay's (RFC 9110 6.6.1, Date)."""

import time
from email.utils import parsedate_to_datetime

from wire.text import Text

# the two minutes of a request bear less than that, and Kerberos five minutes
WARNING_S, LIMIT_S = 60, 300


def ahead_of(date: str | None) -> float | None:
    """Say by how many seconds this machine is ahead of the time an answer came.

    `date` is the answer's Date (RFC 9110 6.6.1); None where it has none.
    """
    try:
        # it holds whole seconds: half of one is added on average
        relay_time = (
            None if date is None else parsedate_to_datetime(date).timestamp() + 0.5
        )
    except (ValueError, OverflowError):
        return None
    return None if relay_time is None else time.time() - relay_time


def describe_skew(ahead: float) -> Text:
    """Say how far this machine's clock is from the relay's, and in which direction."""
    time_ = _duration(abs(ahead))
    if ahead > 0:
        return Text("this machine's clock is {time} ahead of the relay's", time=time_)
    return Text("this machine's clock is {time} behind the relay's", time=time_)


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
