"""The program `writeback-portal`: its parser, and where its commands fail."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from sqlalchemy.exc import SQLAlchemyError

from portal.cli import (
    approve,
    backup,
    check,
    database,
    enrolment,
    events,
    messages,
    peers,
    registration_code,
    review,
    secrets,
    serve,
    setup,
)
from wire.printable import printable_lines
from wire.server.errors import ServerUnusable

_KINDS = (
    *(setup, secrets, enrolment, approve, peers, registration_code),
    *(serve, check, messages, events, review, backup, database),
)
_DOC = "The portal's command: set up, serve, enrol agents."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 it could not be done, 2 wrong usage."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except SQLAlchemyError as error:
        # what it was asked with may be a person's
        _say(f"the database can't be used: {type(error).__name__}")
        return 1
    except ServerUnusable as error:
        _say(str(error))
        return 1


def _say(text: str) -> None:
    print(f"writeback-portal: {printable_lines(text)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="writeback-portal", description=_DOC)
    own = version("ad-password-writeback")
    parser.add_argument("--version", action="version", version=own)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for kind in _KINDS:
        kind.add_commands(commands)
    return parser
