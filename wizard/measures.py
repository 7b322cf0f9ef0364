"""Numbers, dates and percentages as a language writes them.

Window and command line share the rule, and the command line knows no Qt: so Babel's
tables of Unicode's CLDR and not QLocale's. English is written as engineers of any
country read it, by ISO 8601 and ISO 80000-1: 2026-11-23, 1 204.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from wire.text import Field

if TYPE_CHECKING:
    from babel import Locale  # its tables are read where a language is not English

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
# four digits stand together in these: minimumGroupingDigits of CLDR, not of Babel
_FOUR_TOGETHER = ("es", "it", "pl", "pt")
THIN = "\u202f"  # no line ends at it


def number(value: int, locale: str = "") -> str:
    """Spell a count with what parts its thousands.

    Args:
        value: the count.
        locale: as Unicode names it: `de`, `de_CH`; empty is the product's English.

    """
    if not locale:
        return f"{value:,}".replace(",", THIN)
    from babel.numbers import format_decimal

    known = _known(locale)
    grouped = abs(value) >= 10_000 or known.language not in _FOUR_TOGETHER
    return format_decimal(value, locale=known, group_separator=grouped)


def decimal(value: str, locale: str = "") -> str:
    """Spell a number with as many places as its English has: `2.1`."""
    _, point, places = value.partition(".")
    if not locale or not _NUMBER.fullmatch(value):
        return value
    from babel.numbers import format_decimal

    pattern = f"#,##0{point}{'0' * len(places)}"
    return format_decimal(float(value), format=pattern, locale=_known(locale))


def percent(value: str, locale: str = "") -> str:
    """Spell hundredths: `95` is 95 %."""
    if not locale or not _NUMBER.fullmatch(value):
        return f"{value}{THIN}%"
    from babel.numbers import format_percent

    return format_percent(float(value) / 100, locale=_known(locale))


def day(value: str, locale: str = "") -> str:
    """Spell a day of the calendar, as ISO 8601 writes it: `2026-11-23`."""
    if not locale:
        return value
    from babel.dates import format_date

    return format_date(date.fromisoformat(value), "medium", locale=_known(locale))


def moment(value: str, locale: str = "") -> str:
    """Spell a day and a time, in the time zone it was written down in.

    Seconds are told where they are in `value`, as `2026-11-23T10:00:30`, and so is the
    zone: `2026-11-23T10:00 UTC`.
    """
    if not locale:
        return value.replace("T", " ", 1)
    value, blank, zone = value.partition(" ")
    from babel.dates import format_date, format_time, get_datetime_format

    at, known = datetime.fromisoformat(value), _known(locale)
    style = "medium" if value.count(":") > 1 else "short"
    pattern = str(get_datetime_format("medium", locale=known)).replace("'", "")
    time = format_time(at.time(), style, locale=known)
    words = pattern.format(time, format_date(at, "medium", locale=known))
    return f"{words}{blank}{zone}"


_KINDS: Mapping[str, Callable[[str, str], str]] = {
    "day": day,
    "decimal": decimal,
    "moment": moment,
    "percent": percent,
}


def measured(fields: Mapping[str, Field], locale: str) -> str | None:
    """Spell what a text without a template measures; None where it holds no measure.

    What a peer sent in its place is shown to the letter.
    """
    for kind, spell in _KINDS.items():
        if kind in fields:
            value = str(fields[kind])
            try:
                return spell(value, locale)
            except ValueError:
                return value
    return None


@cache
def _known(locale: str) -> "Locale":
    """Read the tables of a locale, or those of its language."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(locale)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(locale.partition("_")[0])
