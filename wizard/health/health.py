"""Health: all that is known of an agent as one value, for every front end. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from wire.text import EMPTY, Text, moment, plural
from wizard.health.concerns import Concern, concerns
from wizard.health.headline import headline
from wizard.health.parts import parts
from wizard.health.reading import ControllerCertificate, PeopleCount, Reading
from wizard.health.week import Week
from wizard.results import Check, KeyAge


@dataclass(frozen=True)
class Health:
    """How an agent is: its state in a line, what needs attention, and the rest.

    `parts` are agent, relay, controllers and people; `at` is when it was read last.
    """

    headline: Text
    state: Literal["ok", "warning", "failed"]
    concerns: tuple[Concern, ...]
    week: Week
    parts: tuple[Check, ...]
    keys: tuple[KeyAge, ...]
    people: PeopleCount | None
    at: datetime

    def same_as(self, other: "Health | None") -> bool:
        """Say whether another says the same, read at another time."""
        if other is None:
            return False
        return replace(self, at=other.at, people=None) == replace(other, people=None)


def health_of(
    reading: Reading,
    people: PeopleCount | None = None,
    certificates: Sequence[ControllerCertificate] = (),
) -> Health:
    """Put together what was read; what takes longer to read may not be there yet."""
    installed, week, now = reading.installed, reading.week, reading.at
    found = concerns(installed, week, people, certificates, now)
    return Health(
        headline(installed, people),
        found[0].state if found else "ok",
        found,
        week,
        parts(installed, people, certificates, now),
        tuple(key for key in installed.keys if key.since is not None),
        people,
        now,
    )


_LONG = 120  # minutes after which a time says more


def age_words(at: datetime, now: datetime, trouble: Text) -> Text:
    """Say how old a reading is that no newer one came after; empty for no trouble."""
    if not trouble:
        return EMPTY
    minutes = max(0, int((now - at).total_seconds() // 60))
    if minutes >= _LONG:
        return Text("Read at {time}. {why}", time=moment(at), why=trouble)
    if not minutes:
        return Text("Read less than a minute ago. {why}", why=trouble)
    return plural(
        "Read {count} minute ago. {why}",
        "Read {count} minutes ago. {why}",
        minutes,
        why=trouble,
    )
