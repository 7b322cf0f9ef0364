"""`writeback deny`: the deny list shown, and entries added and removed."""

from collections.abc import Callable, Sequence
from functools import partial

from agent.config.settings import Settings
from agent.config.settings_file import validate
from wire.text import Text
from wizard.cli.command import SECRETS, YES, Argument, Command, Group
from wizard.cli.commands.apply import carry_out
from wizard.cli.invocation import Invocation, settings_in_force
from wizard.cli.output import Exit, Result, lines

Edit = Callable[[Sequence[str], Sequence[str]], list[str]]

_EMPTY = Text("Nobody is on the deny list.")
_NAMES = Argument(
    "names",
    nargs="+",
    metavar="NAME",
    help="distinguished name or SID of a person or group",
)


def shown(settings: Settings) -> Result:
    """List who is on it."""
    entries = settings.scope.deny_list
    return Result(Exit.DONE, lines(*entries or (_EMPTY,)), {"deny_list": list(entries)})


def changed(settings: Settings, edit: Edit, names: Sequence[str]) -> Settings:
    """Give the settings with another list; SettingsError where a name is none."""
    data = settings.model_dump(mode="json")
    data["scope"]["deny_list"] = edit(settings.scope.deny_list, names)
    return validate(data)


def _added(entries: Sequence[str], names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*entries, *names)))


def _removed(entries: Sequence[str], names: Sequence[str]) -> list[str]:
    gone = {name.casefold() for name in names}
    return [entry for entry in entries if entry.casefold() not in gone]


def _change(edit: Edit, call: Invocation) -> Result:
    settings = settings_in_force(call.controller)
    wanted = changed(settings, edit, call.arguments.names)
    return carry_out(call.controller, wanted, call.secrets, call.confirm)


DENY = Group(
    "deny",
    Text("people and groups that are never reset"),
    (
        Command(
            "list",
            Text("show who is on the deny list"),
            (),
            lambda call: shown(settings_in_force(call.controller)),
        ),
        Command(
            "add",
            Text("put people and groups on it"),
            (SECRETS, YES, _NAMES),
            partial(_change, _added),
        ),
        Command(
            "remove",
            Text("take people and groups off it"),
            (SECRETS, YES, _NAMES),
            partial(_change, _removed),
        ),
    ),
)
