"""The command `migrate`: brings the database to this version's tables."""

import argparse

from portal.cli.places import add_places, opened
from portal.database.migrations import migrate


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `migrate`."""
    parser = commands.add_parser(
        "migrate", help="make the tables, or bring them to this version"
    )
    add_places(parser)
    parser.set_defaults(run=run_migrate)


def run_migrate(arguments: argparse.Namespace) -> int:
    """Bring the database to this version; the portal must be stopped on SQLite."""
    database = opened(arguments)
    try:
        kept = migrate(database)
    finally:
        database.close()
    if kept is not None:
        print(f"the tables of before are in {kept}")
    print("the database is of this version")
    return 0
