"""The program `writeback-relay`: its parser, and where its commands fail."""

import argparse
import sys
from collections.abc import Sequence

from relay.cli import agents, codes, portals, serve
from relay.errors import RelayUnusable
from wire.printable import printable_lines

_DOC = "The relay's command: serve, register portals, give out codes, list agents."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 it could not be done, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except RelayUnusable as error:
        print(f"writeback-relay: {printable_lines(str(error))}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="writeback-relay", description=_DOC)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind in (serve, portals, codes, agents):
        kind.add_commands(commands)
    return parser
