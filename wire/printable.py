"""Text of peers, made printable: one line, bounded, with nothing that steers a screen.

A relay, a portal, a controller, a certificate or a caller of the bus may send line
breaks, escape sequences of terminals (ECMA-48), signs that change the direction of
what stands beside them (UAX #9), or a megabyte. Who shows, logs or stores their words
passes them through here.
"""

import logging
import unicodedata

MOST = 8192
_CUT = "…"
# signs of the classes L, M and S that take no place, or show as a blank: Unicode's
# Default_Ignorable_Code_Point, and the empty pattern of braille
_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | {*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
)


def printable(text: str, most: int = MOST) -> str:
    r"""Spell what can't be seen as its escape (`\x1b`, `\u202e`); cut what is longer.

    Control, format, private and unassigned signs and line separators are not printable
    (`str.isprintable`); blanks of any width are. At most `most` characters come back.
    """
    if len(text) <= most and text.isascii() and text.isprintable():
        return str(text)
    spelled = "".join(map(_spelled, text[: most + 1]))
    return spelled if len(spelled) <= most else f"{spelled[: most - 1]}{_CUT}"


def printable_lines(text: str) -> str:
    """Make each line of a text printable that was put together here, line by line."""
    return "\n".join(map(printable, text.split("\n")))


def _spelled(sign: str) -> str:
    seen = sign.isprintable() or unicodedata.category(sign) == "Zs"
    if seen and ord(sign) not in _INVISIBLE:
        return sign
    return sign.encode("unicode_escape").decode("ascii")


def log_to_stderr(level: int | str, form: str) -> None:
    """Have this process log to standard error, a line for a record."""
    handler = logging.StreamHandler()
    handler.setFormatter(PrintableFormatter(form))
    logging.basicConfig(level=level, handlers=[handler])


class PrintableFormatter(logging.Formatter):
    """Formats one record as one line, whoever's words are in it.

    A traceback comes below, indented: a line of it can't pass for a record.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format a record, and the words of its error below."""
        first, *others = super().format(record).split("\n")
        return "\n".join((first, *(f"  {printable(line)}" for line in others)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's
        """Format the line that comes before a traceback."""
        return printable(super().formatMessage(record))


def places(text: str) -> int:
    """Count what a text takes of a terminal's line: East Asia's signs are two wide."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, wide: int) -> str:
    """Give a text as a cell of a column that has `wide` places (UAX #11)."""
    return f"{text}{' ' * (wide - places(text))}"
