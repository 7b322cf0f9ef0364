"""Answers that leave at full ticks, so that their time says nothing of a person.

What is done is alike already for who exists and who does not; what is left of a
difference (a row that is opened, an agent that finds somebody) is below one tick.
"""

import asyncio
import math
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_GRAIN_S, _CHANCES = 0.001, 4096  # of a loop's timers


class EvenTime:
    """Whether an answer waits for its tick."""

    def __init__(self) -> None:
        self.waits = True

    def release(self) -> None:
        """Let the answer leave at once: who asks proved something already."""
        self.waits = False


@asynccontextmanager
async def even_time(tick_s: float) -> AsyncIterator[EvenTime]:
    """Do what is in it, and come back at the next full tick since the beginning."""
    began, even = time.monotonic(), EvenTime()
    try:
        yield even
    finally:
        if even.waits:
            await asyncio.sleep(left(time.monotonic() - began, tick_s))


def left(spent: float, tick_s: float) -> float:
    """Give the seconds to the next full tick, and up to two grains more.

    An event loop's timers are of whole milliseconds: what they round off is a part of
    the time that was spent. Two even chances of a grain make it one of nobody, in its
    mean and its spread.
    """
    chance = secrets.randbelow(_CHANCES) + secrets.randbelow(_CHANCES)
    more = chance / _CHANCES * _GRAIN_S
    return math.ceil(spent / tick_s) * tick_s - spent + more
