"""A controller that a busy machine holds: away to the agent, and people ask again.

The agent takes one that is silent for 3 s for one that is away, and looks for it every
10 s. That is what it promises, so a test of something else asks once more.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from wire.outcomes import Code
from wizard.controller.controller import Controller

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


def is_away(controller: Controller) -> bool:
    """Say whether the agent of a machine runs and waits for a domain controller."""
    installed = controller.installation.installed()
    status = installed.status if installed else None
    return bool(status and status.running and not status.directory_connected)
