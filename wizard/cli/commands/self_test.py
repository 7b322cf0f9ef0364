"""Test-reset: one request through the relay and back."""

import argparse
from typing import get_args

from agent.config.settings import Identifier
from wire.secret import Secret
from wizard.cli.errors import BadUsage
from wizard.cli.output import Exit, Result
from wizard.cli.secrets import CommandSecrets
from wizard.controller.controller import Controller


def run_test_reset(controller: Controller, given: argparse.Namespace) -> Result:
    password = None
    if not given.check_only:
        secrets = CommandSecrets.read(given.secrets_fd)
        password = secrets.asked("new_password", f"New password for {given.user}")
        if not password:
            raise BadUsage(
                "No new password is given.",
                "Give it by --secrets-fd as new_password, or use --check-only.",
            )
    return test_reset(controller, given.by, given.user, password)


def add_test_arguments(verb: argparse.ArgumentParser) -> None:
    choices = get_args(Identifier)
    told = "the person, as the cloud names them"
    verb.add_argument("user", metavar="USER", help=told)
    told = "what USER is (default: userPrincipalName)"
    verb.add_argument("--by", choices=choices, default="userPrincipalName", help=told)
    verb.add_argument("--check-only", action="store_true", help="all but the write")


def test_reset(
    controller: Controller, by: str, value: str, password: Secret | None
) -> Result:
    """Send one request through the relay to the agent and back."""
    result = controller.test_reset(by, value, password)
    hops = "\n".join(f"  {hop:<14}{ms:>8.1f} ms" for hop, ms in result.ms.items())
    text = f"{result.code}: {result.admin}\nThe person reads: {result.message}\n{hops}"
    data = {
        "code": str(result.code),
        "message": result.message,
        "admin": result.admin,
        "answer": result.answer,
        "ms": result.ms,
    }
    return Result(Exit.DONE if result.code == "ok" else Exit.FINDINGS, text, data)
