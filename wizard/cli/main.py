"""`writeback`: plan, apply, verify, roll back and look, without a screen and Qt."""

import argparse
import gettext
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from agent.config.secret_store import SecretsUnavailable
from agent.ldap.errors import DirectoryError
from agent.system.process import leave_no_core
from agent.system.version import VERSION
from agent.verdict.attributes import AttributeUnreadable
from wire.failure import Failure, sentence
from wire.text import Text
from wizard.cli.argument_words import translate_arguments
from wizard.cli.command import HOME, JSON, Command
from wizard.cli.commands.order import COMMANDS
from wizard.cli.commands.status import STATUS
from wizard.cli.errors import ADMIN, MEND_IN_FORCE, BadUsage, problems
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, refused
from wizard.enrolment.relay_client import RelayFailed
from wizard.errors import Busy, RecoveryNeeded, place_of, unexpected
from wizard.host.interface import ServiceFailed
from wizard.plan.change import StepFailed
from wizard.plan.journal import JournalDamaged
from wizard.translation import say, use_preferred

# what is not as it is needed: a relay, a controller, the machine, another's work on it
_AS_FOUND = (
    AttributeUnreadable,
    Busy,
    DirectoryError,
    EnrolmentError,
    JournalDamaged,
    RecoveryNeeded,
    RelayFailed,
    SecretsUnavailable,
    ServiceFailed,
)
_LOOK = Text("Look at writeback status before going on.")
_PURPOSE = Text("Set up and look after password writeback, without a screen.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; see `Exit`."""
    leave_no_core()
    use_preferred()
    words = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in words
    if not as_json:  # programs read English
        translate_arguments()
    return _outcome(words).print(as_json=as_json)


def _outcome(words: Sequence[str]) -> Result:
    reads = False
    try:
        arguments = _parser().parse_args(words)
        reads = arguments.reads
        return _run(arguments)
    except SettingsError as error:
        return refused(error, problems(error))
    except StepFailed as error:
        return refused(_with_how_given(error))
    except _AS_FOUND as error:  # nothing was touched, and the words were right
        return refused(error, code=Exit.FINDINGS)
    except Failure as error:  # nothing was touched when one comes
        return refused(error)
    except KeyboardInterrupt:
        what, remedy = Text("Stopped."), _LOOK
        data = {"error": what, "remedy": remedy}
        return refused(Failure(what, remedy), data, Exit.NOT_CLEAN)
    except Exception as error:  # noqa: BLE001 - the boundary: a text could quote
        kind = type(error).__name__
        place = place_of(error)
        told = {"error": kind, "place": place}
        code = Exit.FINDINGS if reads else Exit.NOT_CLEAN
        return refused(Failure(unexpected(kind, place)), told, code)


def _with_how_given(error: StepFailed) -> Failure:
    if not error.needs:
        return error
    names = ADMIN if error.needs == "admin" else error.needs
    remedy = Text(
        "{remedy} Without a terminal: {names} by --secrets-fd.",
        remedy=error.remedy,
        names=names,
    )
    return Failure(error.what, remedy)


def _run(arguments: argparse.Namespace) -> Result:
    invocation = Invocation(arguments)
    try:
        result: Result = arguments.run(invocation)
    except SettingsError as error:
        if error.source != str(invocation.host.places.settings):
            raise
        told = SettingsError(error.source, error.problems, MEND_IN_FORCE)
        if arguments.command == STATUS.name:  # a monitor knows 0 and 4 alone
            return refused(told, problems(told), Exit.FINDINGS)
        raise told from error
    return result


class _Words(argparse.ArgumentParser):
    """Tells of wrong words as of anything else, to programs too."""

    def error(self, message: str) -> NoReturn:
        remedy = Text("See {command} -h.", command=self.prog)
        raise BadUsage(sentence(message), remedy)


def _parser() -> argparse.ArgumentParser:
    parser = _Words(prog="writeback", description=say(_PURPOSE), allow_abbrev=False)
    # argparse asks gettext for all its words but these
    shown = gettext.gettext("show program's version number and exit")
    parser.add_argument("--version", action="version", version=VERSION, help=shown)
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for entry in COMMANDS:
        if isinstance(entry, Command):
            _add(verbs, entry)
            continue
        words = say(entry.help)
        group = verbs.add_parser(entry.name, help=words, description=words)
        inner = group.add_subparsers(dest="verb", required=True, metavar="VERB")
        for command in entry.commands:
            _add(inner, command)
    return parser


def _add(verbs: Any, command: Command) -> None:
    words = say(command.help)
    verb = verbs.add_parser(
        command.name, help=words, description=words, allow_abbrev=False
    )
    for each in (HOME, JSON, *command.arguments):
        verb.add_argument(*each.names, help=say(each.help), **each.options)
    verb.set_defaults(run=command.run, reads=command.reads)


if __name__ == "__main__":
    sys.exit(main())
