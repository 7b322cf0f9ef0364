"""The program `writeback-relay`: its parser, and where its commands fail."""

import argparse
import sqlite3
import sys
from collections.abc import Sequence

from relay.cli import agents, backups, certificates, codes, portals, rules, serve, setup
from relay.database.data_lock import check_database
from relay.version import VERSION
from wire.printable import printable, printable_lines
from wire.server.errors import ServerUnusable

_RESTORE = "put a backup in its place: writeback-relay restore"
_DOC = "The relay's command: set up, serve, portals, codes, agents, backup."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 it could not be done, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        if not arguments.without_data:
            check_database(arguments.data)
        return int(arguments.run(arguments))
    except sqlite3.Error as error:
        kind = printable(str(error))
        _say(f"the database in {arguments.data} can't be used: {kind}; {_RESTORE}")
        return 1
    except ServerUnusable as error:
        _say(str(error))
        return 1


def _say(text: str) -> None:
    print(f"writeback-relay: {printable_lines(text)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="writeback-relay", description=_DOC)
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind in (setup, serve, portals, codes, agents, rules, certificates, backups):
        kind.add_commands(commands)
    return parser
