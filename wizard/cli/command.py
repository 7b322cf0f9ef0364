"""A command of `writeback` as a value: its name, what it takes and what it runs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wire.text import Text, TextAttribute
from wizard.cli.invocation import Invocation
from wizard.cli.output import Result


class Argument:
    """One argument of a command, as `ArgumentParser.add_argument` takes it."""

    names: tuple[str, ...]
    help: TextAttribute = TextAttribute()

    def __init__(self, *names: str, **options: Any) -> None:
        self.names, self.options = names, options
        self.help = options.pop("help", "")


@dataclass(frozen=True)
class Command:
    """One command."""

    name: str  # the word that is typed
    help: Text  # what it does, in the list of commands and above its own help
    # beside `--home` and `--json`, which all take; in their help's order
    arguments: tuple[Argument, ...]
    # gives its outcome; what it raises is refused in one place, `main`
    run: Callable[[Invocation], Result]
    # changes nothing, whatever happens
    reads: bool = False


@dataclass(frozen=True)
class Group:
    """Commands of two words that share the first one."""

    name: str
    help: Text
    commands: tuple[Command, ...]


HOME = Argument("--home", type=Path, help="try it below a folder")
JSON = Argument("--json", action="store_true", help="one JSON object")
SETTINGS = Argument("--settings", type=Path, help="else those in force")
SECRETS = Argument(
    "--secrets-fd",
    type=int,
    metavar="N",
    help="descriptor of a JSON object with secrets; else they are asked for",
)
YES = Argument("--yes", action="store_true", help="do not ask")
