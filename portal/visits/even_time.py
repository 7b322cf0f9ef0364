"""Answers that leave at full ticks, so that their time says nothing of a person.

What is done is alike already for who exists and who does not; what is left of a
difference (a row that is opened, an agent that finds somebody) is below one tick.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


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
            spent = time.monotonic() - began
            await asyncio.sleep(math.ceil(spent / tick_s) * tick_s - spent)
