"""`writeback`: plan, apply, verify, roll back and look, without a screen and Qt."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from agent.config.enrolment import EnrolmentError
from agent.config.errors import SettingsError
from agent.config.secret_store import SecretsUnavailable
from agent.config.settings import Settings
from agent.ldap.errors import DirectoryError
from agent.system.process import leave_no_core
from agent.system.version import VERSION
from wizard.checks.attempt import Failed
from wizard.cli import run_plan
from wizard.cli.commands import (
    apply,
    directory,
    grants,
    permissions,
    remove,
    rollback,
    status,
    verify,
)
from wizard.cli.commands.self_test import add_test_arguments, run_test_reset
from wizard.cli.errors import BadUsage, InForce, how_given, problems
from wizard.cli.output import Exit, Result
from wizard.cli.run_plan import ask_account, ask_secrets
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller
from wizard.enrolment.relay_client import RelayFailed
from wizard.errors import Busy, RecoveryNeeded, sentence
from wizard.host.detect import NoHost, this_machine
from wizard.host.interface import Host, ServiceFailed
from wizard.host.sandbox.host import SandboxHost
from wizard.plan.change import StepFailed, allow_all
from wizard.plan.journal import JournalDamaged

# each says what and what to do; nothing was touched when one comes
_REFUSALS = (
    BadUsage,
    NoHost,
    Busy,
    RecoveryNeeded,
    DirectoryError,
    EnrolmentError,
    SecretsUnavailable,
    JournalDamaged,
    ServiceFailed,
    RelayFailed,
    Failed,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; see `Exit`."""
    leave_no_core()
    words = sys.argv[1:] if arguments is None else arguments
    return _told(words).print(as_json="--json" in words)


def _told(words: Sequence[str]) -> Result:
    try:
        return _run(_parser().parse_args(words))
    except InForce as error:
        return _refused(error, {**problems(error.why), "remedy": error.remedy})
    except SettingsError as error:
        return _refused(error, problems(error))
    except StepFailed as error:
        how = how_given(error.needs)
        return _refused(f"{error}{how}", {"remedy": f"{error.remedy}{how}"})
    except _REFUSALS as error:
        return _refused(error, {"remedy": str(getattr(error, "remedy", ""))})
    except KeyboardInterrupt:
        told, remedy = "Stopped.", "Look at writeback status before going on."
        print(f"{told} {remedy}", file=sys.stderr)
        return Result(Exit.NOT_CLEAN, "", {"error": told, "remedy": remedy})
    except Exception as error:  # noqa: BLE001 - the boundary: a text could quote
        kind = type(error).__name__
        print(f"An unexpected error of kind {kind}.", file=sys.stderr)
        return Result(Exit.NOT_CLEAN, "", {"error": kind})


def _refused(
    error: Exception | str, more: Mapping[str, Any], code: Exit = Exit.BAD_USAGE
) -> Result:
    print(error, file=sys.stderr)
    return Result(code, "", {"error": str(error), **more})


def _run(given: argparse.Namespace) -> Result:
    if given.command == "schema":
        return status.schema()
    host = _host(given)
    try:
        return _ran(Controller(host, allow_all), given)
    except SettingsError as error:
        if error.source == str(host.places.settings):
            raise InForce(error) from error
        raise


def _ran(controller: Controller, given: argparse.Namespace) -> Result:
    match given.command:
        case "status":
            return status.status(controller)
        case "export":
            return status.export(run_plan.wanted(controller, None))
        case "verify":
            return verify.verify(
                controller, run_plan.wanted(controller, given.settings)
            )
        case "test-reset":
            run_plan.wanted(controller, None)
            return run_test_reset(controller, given)
    secrets = CommandSecrets.read(given.secrets_fd)
    if given.command in ("permissions", "directory"):
        return _looked_at(controller, given, secrets)
    return _changed(controller, given, secrets)


def _changed(
    controller: Controller, given: argparse.Namespace, secrets: CommandSecrets
) -> Result:
    match given.command:
        case "repair":
            return apply.repair(controller, secrets, _confirm(given))
        case "remove":
            secrets = secrets.choosing(keep_account=given.keep_account)
            return remove.remove(controller, secrets, _confirm(given))
        case "rollback":
            return rollback.roll_back(controller, secrets, _confirm(given))
    settings = run_plan.wanted(controller, given.settings)
    found = controller.installed()
    if given.command == "rekey":
        gone = given.original_is_gone
        secrets = secrets.choosing(new_keys=True, original_is_gone=gone)
        found = None  # it is enrolled anew, so the code is asked for
    secrets = ask_secrets(secrets, found.settings if found else None, settings)
    if given.command == "plan":
        return apply.show_plan(controller, settings, secrets)
    return apply.carry_out(controller, settings, secrets, _confirm(given))


def _looked_at(
    controller: Controller, given: argparse.Namespace, secrets: CommandSecrets
) -> Result:
    settings = run_plan.wanted(controller, given.settings)
    found = controller.installed()
    secrets = ask_account(secrets, found.settings if found else None, settings)
    match (given.command, getattr(given, "verb", "")):
        case ("permissions", "grant"):
            return grants.grant(controller, settings, secrets, _confirm(given))
        case ("permissions", "revoke"):
            return grants.revoke(controller, settings, secrets, _confirm(given))
    try:
        return _checked(controller, given, settings, secrets)
    except DirectoryError as error:
        # the account is refused, or nobody answers: that is what was to be found out
        return _refused(error, {"remedy": error.remedy}, Exit.FINDINGS)


def _checked(
    controller: Controller,
    given: argparse.Namespace,
    settings: Settings,
    secrets: CommandSecrets,
) -> Result:
    sight, inputs = controller.permissions, secrets.inputs()
    if given.command == "directory":
        return directory.check(controller, settings, inputs)
    match given.verb:
        case "explain":
            who = (given.by, given.user)
            return permissions.explain(sight, settings, inputs, *who)
        case "coverage":
            files = permissions.files_of(given)
            return permissions.coverage(sight, settings, inputs, files)
        case "plan":
            return grants.plan(controller, settings, secrets, given.hand_over)
    return permissions.check(sight, settings, inputs)


def _confirm(given: argparse.Namespace) -> run_plan.Confirm:
    return (lambda _text: True) if given.yes else run_plan.on_terminal


def _host(given: argparse.Namespace) -> Host:
    """Give this server, or the machine for trying below a folder that was named."""
    named = os.environ.get("WRITEBACK_HOME")
    home = given.home or (Path(named) if named else None)
    if home is None:
        host = this_machine()
        if os.geteuid() != 0:
            words = f"sudo writeback {given.command}"
            raise BadUsage("Only root may look at this.", f"Run it as: {words} ...")
        return host
    if home.exists() and not home.is_dir():
        raise BadUsage(f"{home} is no folder.", "Give --home FOLDER.")
    return SandboxHost(home)


class _Words(argparse.ArgumentParser):
    """Tells of wrong words as of anything else, to programs too."""

    def error(self, message: str) -> NoReturn:
        raise BadUsage(sentence(message), f"See {self.prog} -h.")


def _parser() -> argparse.ArgumentParser:
    shared = _Words(add_help=False)
    shared.add_argument("--home", type=Path, help="try it below a folder")
    shared.add_argument("--json", action="store_true", help="one JSON object")
    told = "Set up and look after password writeback, without a screen."
    parser = _Words(prog="writeback", description=told, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=VERSION)
    verbs = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, told in _COMMANDS.items():
        verb = verbs.add_parser(
            name, parents=[shared], help=told, description=told, allow_abbrev=False
        )
        if name in ("plan", "apply", "verify", "rekey"):
            verb.add_argument("--settings", type=Path, help="else those in force")
        if name in (*_CHANGING, "plan", "test-reset"):
            verb.add_argument("--secrets-fd", type=int, metavar="N", help=_SECRETS)
        if name in _CHANGING:
            verb.add_argument("--yes", action="store_true", help="do not ask")
        if name == "test-reset":
            add_test_arguments(verb)
        if name == "rekey":
            verb.add_argument("--original-is-gone", action="store_true", help=_GONE)
        if name == "remove":
            verb.add_argument("--keep-account", action="store_true", help=_KEEP)
    permissions.add_words(verbs, shared, _SECRETS)
    directory.add_words(verbs, shared, _SECRETS)
    return parser


_SECRETS = "descriptor of a JSON object with secrets; else they are asked for"
_KEEP = "leave the directory's account and permissions as they are"
_GONE = "this copied machine takes the name of its original over"
_CHANGING = ("apply", "rollback", "remove", "repair", "rekey")
_COMMANDS = {
    "plan": "say what would change; reads only",
    "apply": "make all changes or none",
    "verify": "compare everything with the settings",
    "rollback": "take back a run that was cut off, or finish what is past that",
    "repair": "mend what differs from the settings in force",
    "rekey": "give the agent new keys, on a copied machine or in doubt",
    "remove": "remove the installation, its account and permissions too",
    "status": "is password writeback on?",
    "schema": "describe the settings file (JSON Schema)",
    "export": "print the settings in force",
    "test-reset": "send one request through the relay and back",
}


if __name__ == "__main__":
    sys.exit(main())
