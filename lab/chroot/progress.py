"""Says what is being done, a line per step with the time so far."""

import time
from collections.abc import Callable

Say = Callable[[str], None]


def spoken() -> Say:
    """Prints each step with the seconds since the first, to what sys.stdout is then."""
    began = time.monotonic()

    def say(step: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {step}", flush=True)

    return say


def silent(_step: str) -> None:
    """Says nothing: what tests use."""
