"""writeback-agent: run the agent, or check what it needs.

Exit codes: 0 done, 1 ended by a fault, 2 settings that can't be used, 4 findings.
"""

import argparse
import json
import logging
import os
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.audit.event import EventId
from agent.config import secret_store, service_credentials
from agent.config.agent_config import load
from agent.config.errors import SettingsError
from agent.platform.detect import this_installation, this_platform
from agent.request.ledger import LedgerUnusable
from agent.service import self_check
from agent.service.journal import Handler, Journal
from agent.service.service import Service
from agent.system import process
from agent.system.paths import Paths
from agent.system.process import leave_no_core
from agent.system.version import VERSION
from wire.log_limit import limit_log
from wire.printable import log_to_stderr, printable

_FAULT = 1
_BAD_SETTINGS = 2
_FINDINGS = 4
# a CA file that is missing or none, a folder that may not be written: starting again
# changes nothing, where it does after such as a full disk
_FOR_GOOD = (FileNotFoundError, PermissionError, ssl.SSLError)
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    leave_no_core()
    arguments = _parser().parse_args(argv)
    places = Paths.below(arguments.home) if arguments.home else Paths.of_machine()
    if arguments.command == "check":
        return _check(places, as_json=arguments.json, tried=bool(arguments.home))
    return _run(places, arguments.ready_fd)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="writeback-agent", description=__doc__)
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("run", "serve until stopped"),
        ("check", "prove under this account what the service needs"),
    ):
        command = commands.add_parser(name, help=words)
        home = os.environ.get("WRITEBACK_HOME")
        command.add_argument(
            "--home",
            type=Path,
            default=Path(home) if home else None,
            help="folder of the installation (default: WRITEBACK_HOME, else this "
            "machine's own)",
        )
        if name == "check":
            command.add_argument("--json", action="store_true", help="for programs")
        else:
            command.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    return parser


def _run(places: Paths, ready_fd: int | None) -> int:
    log = _log()
    try:
        config = load(places, service_credentials.of_service())
        service = Service(config, journal=log, ready_fd=ready_fd)
    except SettingsError as error:
        print(error, file=sys.stderr)
        _tell(log, _event_of(error), str(error))
        return _BAD_SETTINGS
    except LedgerUnusable as error:
        print(error, file=sys.stderr)
        _tell(log, EventId.CONFIGURATION_ERROR, str(error))
        return _BAD_SETTINGS if error.for_good else _FAULT
    except OSError as error:
        print(f"{error.filename or places.home}: {error.strerror}", file=sys.stderr)
        return _BAD_SETTINGS if isinstance(error, _FOR_GOOD) else _FAULT
    process.run(service.run())
    return 0


def _event_of(error: SettingsError) -> EventId:
    """Tell a secret that can't be read from settings that can't be used."""
    secret = any(problem.path in secret_store.NAMES for problem in error.problems)
    return EventId.CRYPTO_ERROR if secret else EventId.CONFIGURATION_ERROR


def _tell(log: Journal | None, event: EventId, detail: str) -> None:
    if log is not None:
        log.event(event, detail)


def _log() -> Journal | None:
    """Log to the system's journal where that is where output goes, else to stderr."""
    level = os.environ.get("WRITEBACK_LOG_LEVEL", "").upper()
    level = level if level in _LEVELS else "INFO"
    system = this_platform().journal()
    if system is None:
        log_to_stderr(level, "%(asctime)s %(levelname)s %(name)s: %(message)s")
        limit_log()
        return None
    journal = Journal(system)
    logging.basicConfig(level=level, handlers=[Handler(journal)])
    limit_log()
    return journal


def _check(places: Paths, *, as_json: bool, tried: bool) -> int:
    """Prove it; a machine for trying has no more than its settings say."""
    code = _FINDINGS
    findings: tuple[self_check.CheckResult, ...] = ()
    secrets = service_credentials.of_service()
    if not tried:
        findings = self_check.read_back(this_installation(), places)
        secrets = secrets or service_credentials.of_machine(places.secrets)
    try:
        findings += self_check.check(places, secrets)
    except SettingsError as error:
        findings, code = findings + self_check.unusable(error), _BAD_SETTINGS
    if as_json:
        print(json.dumps([each.as_dict() for each in findings], indent=2))
    else:
        self_check.as_table(findings, lambda row: print(printable(row)))
    return code if any(each.state == "failed" for each in findings) else 0


if __name__ == "__main__":
    sys.exit(main())
