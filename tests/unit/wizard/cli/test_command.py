"""A command is a value: declared in its file, and a line in the table."""

from pathlib import Path

import pytest

from wire.text import Text
from wizard.cli import main as command_line
from wizard.cli.command import SETTINGS, Argument, Command, Group
from wizard.cli.commands.order import COMMANDS
from wizard.cli.invocation import Invocation
from wizard.cli.output import Exit, Result


def _greet(invocation: Invocation) -> Result:
    arguments = invocation.arguments
    text = f"Hello {arguments.name}, by {arguments.settings}."
    return Result(Exit.FINDINGS, text, {"name": arguments.name})


GREET = Command(
    "greet", Text("say hello"), (SETTINGS, Argument("name", metavar="NAME")), _greet
)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (GREET, ["greet"]),
        (Group("say", Text("say something"), (GREET,)), ["say", "greet"]),
    ],
)
def test_a_command_is_added_by_a_line_in_the_table(
    entry: Command | Group,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command_line, "COMMANDS", (*COMMANDS, entry))
    file = Path("site.yaml")
    code = command_line.main([*words, "Anna", "--settings", str(file)])
    assert code == Exit.FINDINGS
    assert capsys.readouterr().out == f"Hello Anna, by {file}.\n"
    with pytest.raises(SystemExit):
        command_line.main(["--help"])
    assert entry.help in capsys.readouterr().out


def test_each_command_has_a_name_of_its_own_and_says_what_it_does() -> None:
    for commands in (COMMANDS, *(e.commands for e in COMMANDS if isinstance(e, Group))):
        names = [each.name for each in commands]
        assert len(set(names)) == len(names)
        assert all(each.help for each in commands)
