"""What the relay's owner and an agent's administrator need of the portal to enrol.

Its statement, signed by itself, and its half of an enrolment code (docs/wire.md).
"""

import argparse
import time

from portal.cli.places import add_places, secrets_of
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.settings import read_settings
from wire.enrolment_code import BadCode, parse_half
from wire.keys import PrivateKeys, fingerprint_digest
from wire.portal_statement import PortalStatement


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `statement`, `fingerprint` and `code`."""
    parser = commands.add_parser(
        "statement", help="print the statement that the relay's owner registers"
    )
    add_places(parser)
    parser.set_defaults(run=print_statement)
    parser = commands.add_parser(
        "fingerprint", help="print the fingerprint that the wizard shows"
    )
    add_places(parser)
    parser.set_defaults(run=print_fingerprint)
    parser = commands.add_parser(
        "code", help="join the relay's half of an enrolment code to the portal's"
    )
    parser.add_argument("half", metavar="HALF", help="as the relay's owner gave it")
    add_places(parser)
    parser.set_defaults(run=print_code)


def print_statement(arguments: argparse.Namespace) -> int:
    """Print the portal's statement."""
    settings = read_settings(arguments.settings)
    made = PortalStatement.sign(settings.issuer, _keys(arguments), int(time.time()))
    print(made.token)
    return 0


def print_fingerprint(arguments: argparse.Namespace) -> int:
    """Print the portal's fingerprint, to be compared."""
    print(_keys(arguments).public.fingerprint)
    return 0


def print_code(arguments: argparse.Namespace) -> int:
    """Print a whole enrolment code: a secret until it was used."""
    digest = fingerprint_digest(_keys(arguments).public.jwks())
    try:
        print(parse_half(arguments.half).joined(digest).text)
    except BadCode as error:
        raise PortalUnusable(str(error), "copy the relay's half again") from None
    return 0


def _keys(arguments: argparse.Namespace) -> PrivateKeys:
    return PrivateKeys.of(secrets_of(arguments).read(secret_files.WIRE_KEYS))
