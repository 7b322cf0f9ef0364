"""The commands `events export` and `events verify`; the portal may serve meanwhile."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from portal.audit.export import Format, lines
from portal.cli.places import add_places, opened, secrets_of
from portal.database import events
from portal.database.engine import Database
from portal.database.events import Events
from portal.database.migrations import check_version
from portal.keys import secret_files
from portal.keys.pepper import Pepper


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `events` with its own commands."""
    parser = commands.add_parser("events", help="write out the audit, or check it")
    own = parser.add_subparsers(required=True, metavar="COMMAND")
    export = own.add_parser("export", help="write events to standard output")
    export.add_argument(
        "--format", type=Format, choices=list(Format), default=Format.JSON
    )
    export.add_argument(
        "--after",
        type=int,
        default=0,
        metavar="NUMBER",
        help="begin after this event, such as the last one that was exported",
    )
    export.add_argument("--most", type=int, metavar="COUNT", help="so many at most")
    export.set_defaults(run=run_export)
    verify = own.add_parser("verify", help="check that no event was changed")
    verify.set_defaults(run=run_verify)
    for each in (export, verify):
        add_places(each)


def run_export(arguments: argparse.Namespace) -> int:
    """Write events, a line each, in their order."""
    with reading(arguments) as database, database.begin() as connection:
        found = events.read(connection, arguments.after, arguments.most)
        own = version("ad-password-writeback")
        with contextlib.suppress(BrokenPipeError):
            for line in lines(arguments.format, found, own):
                sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Check the chain: 0 whole, 1 an event was changed or left out."""
    trail = Events(Pepper.of(secrets_of(arguments).read(secret_files.PEPPER)))
    with reading(arguments) as database, database.begin() as connection:
        broken, newest = trail.first_broken(connection), trail.newest(connection)
    if broken is not None:
        print(f"event {broken} was changed, or one before it was left out")
        return 1
    if newest is None:
        print("there are no events")
        return 0
    print(f"all events are as they were recorded, up to {newest.number}")
    print(f"note its digest elsewhere, and compare it later: {newest.digest}")
    return 0


@contextmanager
def reading(arguments: argparse.Namespace) -> Iterator[Database]:
    """Open the database of the settings to read; it is of this version."""
    database = opened(arguments, reading=True)
    try:
        check_version(database)
        yield database
    finally:
        database.close()
