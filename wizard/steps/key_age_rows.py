"""How old a key is, as a row of what is verified."""

from collections.abc import Sequence
from datetime import UTC, datetime

from wire.text import EMPTY, Text, day
from wizard.results import Check, KeyAge


def age_rows(age: KeyAge, remedy: Text) -> Sequence[Check]:
    """Tell the age; worth knowing where the next is due. None for what is not known."""
    if age.since is None:
        return ()
    since = day(age.since)
    if age.next is None:
        detail = Text("In use since {since}.", since=since)
        if age.detail:
            detail = Text(
                "In use since {since}; {detail}.", since=since, detail=age.detail
            )
        return (Check(age.id, age.title, "ok", detail),)
    following = day(age.next)
    if datetime.now(UTC) <= age.next:
        detail = Text(
            "In use since {since}; the next is due on {day}.",
            since=since,
            day=following,
        )
        return (Check(age.id, age.title, "ok", detail, EMPTY),)
    detail = Text(
        "In use since {since}; the next was due on {day}.", since=since, day=following
    )
    return (Check(age.id, age.title, "info", detail, remedy),)
