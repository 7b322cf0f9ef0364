"""Counting up on a terminal while people are looked at."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from wire.text import plural
from wizard.cli.output import tell
from wizard.translation import say


@contextlib.contextmanager
def counting() -> Iterator[Callable[..., None]]:
    """Count up on a terminal; to nobody else is it of use."""
    shown = sys.stderr.isatty()

    def count(people: int) -> None:
        if shown:
            number = plural("{count} person", "{count} people", people)
            tell(f"\r{say(number)}", end="")

    try:
        yield count
    finally:
        if shown:
            tell("\r\x1b[K", end="")
