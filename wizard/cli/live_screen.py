"""What changes, on an output: redrawn in place on a terminal, else a block a change.

Colour is never alone, and none where NO_COLOR asks for none (no-color.org).
"""

import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

from wire.printable import places, printable
from wizard.cli.health_text import Line

# ECMA-48: home, clear to the end of the line and of the screen; colours
_HOME, _REST_OF_LINE, _REST, _PLAIN = "\x1b[H", "\x1b[K", "\x1b[J", "\x1b[0m"
_CLEAR = f"{_HOME}\x1b[2J"
_INKS = {"ok": "\x1b[32m", "warning": "\x1b[33m", "failed": "\x1b[1;31m"}
_CUT = "…"


class LiveScreen:
    """One output that shows the same thing again and again."""

    def __init__(self, output: IO[str], environment: Mapping[str, str]) -> None:
        self._output = output
        dumb = environment.get("TERM", "dumb") == "dumb"
        self.redraws = output.isatty() and not dumb
        self._coloured = self.redraws and not environment.get("NO_COLOR")
        self._drawn = False

    @classmethod
    def of_this_process(cls) -> "LiveScreen":
        """Give standard output."""
        return cls(sys.stdout, os.environ)

    def show(self, lines: Iterable[Line]) -> None:
        """Show lines: over those before on a terminal, else below them."""
        text = self._drawing(list(lines)) if self.redraws else _block(lines)
        self._output.write(text)
        self._output.flush()

    def _drawing(self, lines: Sequence[Line]) -> str:
        columns, rows = shutil.get_terminal_size()
        shown = lines if len(lines) < rows else [*lines[: max(1, rows - 2)], Line(_CUT)]
        begin, self._drawn = _HOME if self._drawn else _CLEAR, True
        drawn = (f"{self._paint(each, columns)}{_REST_OF_LINE}\n" for each in shown)
        return f"{begin}{''.join(drawn)}{_REST}"

    def _paint(self, line: Line, columns: int) -> str:
        text = fitted(f"{line.mark}{printable(line.text)}", columns)
        ink = _INKS.get(line.state) if self._coloured else None
        if ink is None:
            return text
        mark = text[: len(line.mark)]
        return f"{ink}{mark}{_PLAIN}{text[len(line.mark) :]}"


def _block(lines: Iterable[Line]) -> str:
    return "".join(f"{each.mark}{printable(each.text)}\n" for each in lines) + "\n"


def fitted(text: str, columns: int) -> str:
    """Cut a text to what a line holds; signs of East Asia take two places (UAX #11)."""
    taken = 0
    for at, sign in enumerate(text):
        taken += places(sign)
        if taken > columns:
            return f"{text[: max(0, at - 1)]}{_CUT}"
    return text
