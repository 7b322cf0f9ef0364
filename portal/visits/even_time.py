"""Answers that leave at full ticks, so that their time says nothing of a person.

What is done is alike already for who exists and who does not; what is left of a
difference (a row that is opened, an agent that finds somebody) is below one tick.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TICK_S = 0.1


@asynccontextmanager
async def even_time(tick_s: float = TICK_S) -> AsyncIterator[None]:
    """Do what is in it, and come back at the next full tick since the beginning."""
    began = time.monotonic()
    try:
        yield
    finally:
        spent = time.monotonic() - began
        await asyncio.sleep(math.ceil(spent / tick_s) * tick_s - spent)
