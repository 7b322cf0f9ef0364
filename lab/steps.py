"""Says what the lab is doing, a line per step with the time so far."""

import sys
import time
from collections.abc import Callable
from typing import TextIO

Say = Callable[[str], None]


def spoken(stream: TextIO = sys.stdout) -> Say:
    """Prints each step with the seconds since the first."""
    began = time.monotonic()

    def say(step: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {step}", file=stream, flush=True)

    return say


def silent(_step: str) -> None:
    """Says nothing: what tests use."""
