"""One finding of the review: what was seen, why it matters, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.audit.event import Event, EventKind, Recorded
from wire.text import Text

HOUR_S, DAY_S = 3600, 86_400


class Pattern(StrEnum):
    """What was seen; the values are written out: never rename one, only add."""

    FAILURES_THEN_SUCCESS = "failures_then_success"
    RESET_AFTER_NEW_METHOD = "reset_after_new_method"
    MANY_NAMES = "many_names"
    MANY_RESETS = "many_resets"
    UNUSUAL_ACCOUNT = "unusual_account"
    UNTYPED_CODES = "untyped_codes"
    REGISTERED_AT_NIGHT = "registered_at_night"
    HELPED_OFTEN = "helped_often"
    HELPED_TWICE = "helped_twice"
    NEW_COUNTRY = "new_country"


@dataclass(frozen=True)
class Finding:
    """What, why and what to do, with the numbers of the events that show it."""

    pattern: Pattern
    what: Text
    why: Text
    advice: Text
    events: tuple[int, ...]
    person: str | None = None
    address: str = ""


@dataclass(frozen=True)
class Limits:
    """From when on something is found; `night` is from hour to hour."""

    failures: int = 3
    names: int = 10
    resets: int = 20
    resets_s: int = 300
    idle_days: int = 365
    codes: int = 3
    helped: int = 15
    known_numbers: int = 20
    night: tuple[int, int] = (22, 6)
    utc_offset_s: int = 0


def is_done(event: Event) -> bool:
    """Whether an event is a password reset that was made."""
    return event.kind is EventKind.PASSWORD_RESET and event.code in ("ok", "partial")


def numbers(events: Iterable[Recorded]) -> tuple[int, ...]:
    """Give the numbers of events."""
    return tuple(each.number for each in events)
