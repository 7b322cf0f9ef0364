"""The command `review`: what in the audit of the last days asks for a look."""

import argparse
import json
import time
from datetime import datetime

from portal.cli.events import reading
from portal.cli.places import add_places
from portal.database import events
from portal.review.finding import DAY_S, Finding, Limits
from portal.review.patterns import review
from wire.printable import printable

_MOST_EVENTS = 500_000


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `review`."""
    parser = commands.add_parser("review", help="say what asks for a look")
    parser.add_argument("--days", type=int, default=7, help="so far back (default: 7)")
    parser.add_argument("--json", action="store_true", help="as one JSON array")
    add_places(parser)
    parser.set_defaults(run=run_review)


def run_review(arguments: argparse.Namespace) -> int:
    """Say what was found: 0 where it is nothing, else 1; night is this machine's."""
    since = int(time.time()) - arguments.days * DAY_S
    offset = datetime.now().astimezone().utcoffset()
    limits = Limits(utc_offset_s=0 if offset is None else int(offset.total_seconds()))
    with reading(arguments) as database, database.begin() as connection:
        after = events.last_before(connection, since)
        found = review(events.read(connection, after, _MOST_EVENTS), limits)
    if arguments.json:
        print(json.dumps([_values(each) for each in found]))
    else:
        for each in found:
            _show(each)
        print(f"{len(found)} findings in {arguments.days} days")
    return 1 if found else 0


def _show(found: Finding) -> None:
    numbers = ", ".join(map(str, found.events[:10]))
    more = " and more" if len(found.events) > 10 else ""
    for line in (
        found.what,
        f"  Why: {found.why}",
        f"  Do: {found.advice}",
        f"  Person: {found.person or 'nobody alone'}; events {numbers}{more}",
    ):
        print(printable(line))


def _values(found: Finding) -> dict[str, object]:
    return {
        "pattern": str(found.pattern),
        "what": str(found.what),
        "why": str(found.why),
        "do": str(found.advice),
        "person": found.person,
        "address": found.address,
        "events": list(found.events),
    }
