"""`writeback breaker close`: writes are taken again after a portal was stopped."""

from wire.text import Text
from wizard.cli.command import YES, Command, Group
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result, lines
from wizard.cli.terminal import NOTHING_CHANGED, Confirm
from wizard.controller import breaker
from wizard.controller.controller import Controller

_CLOSED = Text("The breaker is closed: writes are taken.")


def close(controller: Controller, confirm: Confirm) -> Result:
    """Close it, once the administrator says that the portal may go on."""
    installation = controller.installation
    if not installation.breaker_is_open():
        return Result(Exit.DONE, _CLOSED, {"closed": False, "open": False})
    asked = Text("Closing it lets every portal reset people again.")
    if not confirm(lines(breaker.OPEN, asked)):
        data = {"closed": False, "open": True}
        return Result(Exit.BAD_USAGE, NOTHING_CHANGED, data)
    closed = installation.close_breaker()
    return Result(Exit.DONE, _CLOSED, {"closed": closed, "open": False})


def _close(call: Invocation) -> Result:
    return close(call.controller, call.confirm)


BREAKER = Group(
    "breaker",
    Text("what stops a portal that resets too many people"),
    (
        Command(
            "close",
            Text("take writes again, after the breaker stopped them"),
            (YES,),
            _close,
        ),
    ),
)
