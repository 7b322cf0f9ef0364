"""The words that each program takes, from the parser that it really uses."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from unittest.mock import patch


class _Reached(BaseException):
    """Carries the parser out of a program; none of them catches this."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__()
        self.parser = parser


def parser_of(main: Callable[[Sequence[str]], int]) -> argparse.ArgumentParser:
    """Run a program up to where it parses its words, and give its parser."""

    def reach(parser: argparse.ArgumentParser, _given: object = None) -> NoReturn:
        raise _Reached(parser)

    with patch.object(argparse.ArgumentParser, "parse_args", reach):
        try:
            main([])
        except _Reached as reached:
            return reached.parser
    raise RuntimeError(f"{main.__module__} parses no words.")


@dataclass(frozen=True, slots=True)
class Command:
    """One command with all its words, such as `permissions explain`.

    `name` is empty for a program without commands.
    """

    name: str
    help_text: str
    arguments: tuple[argparse.Action, ...]


def commands(parser: argparse.ArgumentParser) -> list[Command]:
    """List a program's commands, those of commands included."""
    return list(_commands(parser, "", ""))


def options(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """List what is given before any command."""
    return [each for each in _shown(parser) if each.option_strings]


def help_text(action: argparse.Action, program: str) -> str:
    """Give an option's help, with its defaults in place."""
    return (action.help or "") % {**vars(action), "prog": program}


def _commands(
    parser: argparse.ArgumentParser, name: str, help_: str
) -> Iterator[Command]:
    inner: list[Any] = [each for each in _actions(parser) if _is_choice(each)]
    if not inner:
        arguments = tuple(each for each in _shown(parser) if each.dest != "help")
        yield Command(name, help_, arguments)
    for action in inner:
        texts = {each.dest: each.help for each in action._choices_actions}  # noqa: SLF001
        for word, each in action.choices.items():
            yield from _commands(each, f"{name} {word}".strip(), texts.get(word, ""))


def _shown(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        each
        for each in _actions(parser)
        if each.help != argparse.SUPPRESS and not _is_choice(each)
    ]


def _is_choice(action: argparse.Action) -> bool:
    return isinstance(action, argparse._SubParsersAction)  # noqa: SLF001


def _actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """List them all: argparse has no public way to ask for them."""
    return parser._actions  # noqa: SLF001
