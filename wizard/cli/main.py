"""`writeback`: plan, apply, verify, roll back and look, without a screen and Qt."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from agent.config.errors import SettingsError
from agent.system.process import leave_no_core
from agent.system.version import VERSION
from wire.failure import Failure, sentence
from wizard.cli.command import Command
from wizard.cli.commands.order import COMMANDS
from wizard.cli.errors import MEND_IN_FORCE, BadUsage, how_given, problems
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, refused
from wizard.plan.change import StepFailed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; see `Exit`."""
    leave_no_core()
    words = sys.argv[1:] if arguments is None else arguments
    return _outcome(words).print(as_json="--json" in words)


def _outcome(words: Sequence[str]) -> Result:
    try:
        return _run(words)
    except SettingsError as error:
        return refused(error, problems(error))
    except StepFailed as error:
        how = how_given(error.needs)
        return refused(f"{error}{how}", {"remedy": f"{error.remedy}{how}"})
    except Failure as error:  # nothing was touched when one comes
        return refused(error, {"remedy": error.remedy})
    except KeyboardInterrupt:
        error_text, remedy = "Stopped.", "Look at writeback status before going on."
        print(f"{error_text} {remedy}", file=sys.stderr)
        return Result(Exit.NOT_CLEAN, "", {"error": error_text, "remedy": remedy})
    except Exception as error:  # noqa: BLE001 - the boundary: a text could quote
        kind = type(error).__name__
        print(f"An unexpected error of kind {kind}.", file=sys.stderr)
        return Result(Exit.NOT_CLEAN, "", {"error": kind})


def _run(words: Sequence[str]) -> Result:
    arguments = _parser().parse_args(words)
    invocation = Invocation(arguments)
    try:
        result: Result = arguments.run(invocation)
    except SettingsError as error:
        if error.source == str(invocation.host.places.settings):
            raise SettingsError(error.source, error.problems, MEND_IN_FORCE) from error
        raise
    return result


class _Words(argparse.ArgumentParser):
    """Tells of wrong words as of anything else, to programs too."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(sentence(message), f"See {self.prog} -h.")


def _parser() -> argparse.ArgumentParser:
    shared = _Words(add_help=False)
    shared.add_argument("--home", type=Path, help="try it below a folder")
    shared.add_argument("--json", action="store_true", help="one JSON object")
    purpose = "Set up and look after password writeback, without a screen."
    parser = _Words(prog="writeback", description=purpose, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=VERSION)
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for entry in COMMANDS:
        if isinstance(entry, Command):
            _add(verbs, shared, entry)
            continue
        group = verbs.add_parser(entry.name, help=entry.help, description=entry.help)
        inner = group.add_subparsers(dest="verb", required=True, metavar="VERB")
        for command in entry.commands:
            _add(inner, shared, command)
    return parser


def _add(verbs: Any, shared: argparse.ArgumentParser, command: Command) -> None:
    verb = verbs.add_parser(
        command.name,
        parents=[shared],
        help=command.help,
        description=command.help,
        allow_abbrev=False,
    )
    for each in command.arguments:
        verb.add_argument(*each.names, **each.options)
    verb.set_defaults(run=command.run)


if __name__ == "__main__":
    sys.exit(main())
