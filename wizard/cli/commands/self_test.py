"""Test-reset: one request through the relay and back."""

from dataclasses import asdict
from typing import get_args

from wire.names import Identifier
from wire.secret import Secret
from wire.text import Text
from wizard.cli.command import SECRETS, Argument, Command
from wizard.cli.errors import BadUsage
from wizard.cli.invocation import Invocation, settings_in_force
from wizard.cli.output import Exit, Result, lines
from wizard.controller.controller import Controller


def test_reset(
    controller: Controller, by: str, value: str, password: Secret | None
) -> Result:
    """Send one request through the relay to the agent and back."""
    result = controller.installation.test_reset(by, value, password)
    worked = result.check_only and result.code == "ok"
    read = Text("The person reads: {message}", message=result.message)
    text = lines(
        Text("{code}: {detail}", code=result.code, detail=result.admin),
        *(() if worked else (read,)),
        *(f"  {hop:<14}{ms:>8.1f} ms" for hop, ms in result.ms.items()),
    )
    code = Exit.DONE if result.code == "ok" else Exit.FINDINGS
    return Result(code, text, asdict(result))


def _new_password(invocation: Invocation) -> Secret:
    prompt = Text("New password for {user}", user=invocation.arguments.user)
    password = invocation.secrets.ask("new_password", prompt)
    if not password:
        raise BadUsage(
            Text("No new password is given."),
            Text("Give it by --secrets-fd as new_password, or use --check-only."),
        )
    return password


def _test_reset(invocation: Invocation) -> Result:
    controller, arguments = invocation.controller, invocation.arguments
    settings_in_force(controller)
    password = None if arguments.check_only else _new_password(invocation)
    return test_reset(controller, arguments.by, arguments.user, password)


SELF_TEST = Command(
    "test-reset",
    Text("send one request through the relay and back"),
    (
        SECRETS,
        Argument("user", metavar="NAME", help="the person, as the portal names them"),
        Argument(
            "--by",
            choices=get_args(Identifier),
            default="userPrincipalName",
            help="the attribute that NAME is of (default: userPrincipalName)",
        ),
        Argument("--check-only", action="store_true", help="all but the write"),
    ),
    _test_reset,
)
