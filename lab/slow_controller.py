"""A controller that a busy machine holds: away to the agent, and people ask again.

The agent takes one that is silent for 3 s for one that is away, and looks for it every
10 s. That is what it promises, so a test of something else asks once more.
"""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from wire.outcomes import Code
from wizard.results import Check

T = TypeVar("T")

SLOW_S = 60.0
_BETWEEN_S = 1.0  # an agent takes 120 requests a minute


def ask_until_there(ask: Callable[[], T], code: Callable[[T], str]) -> T:
    """Ask, and again while the controller is away.

    Args:
        ask: gives an answer.
        code: of an answer.

    """
    deadline = time.monotonic() + SLOW_S
    while True:
        answer = ask()
        away = code(answer) == Code.DIRECTORY_UNAVAILABLE
        if not away or time.monotonic() > deadline:
            return answer
        time.sleep(_BETWEEN_S)


def is_away(rows: Sequence[Check]) -> bool:
    """Say whether what was verified tells of an agent that waits for a controller."""
    return any(row.id == "service" and "Directory: " in row.detail for row in rows)
