"""Writes manual pages: prose from installer/manual, commands from the parser.

The form is man(7): a line that begins with a full stop is a request.
"""

import argparse
from collections.abc import Iterable
from datetime import UTC, datetime

from installer.command_lines import Command, commands, help_text, options


def page(
    prose: str, parser: argparse.ArgumentParser, *, version: str, epoch: int
) -> str:
    """Fill in the prose's places, such as @COMMANDS@; `epoch` dates the page."""
    every = commands(parser)
    several = every[0].name != ""
    common = _common(every) if several else list(every[0].arguments)
    date = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%d")
    filled = {
        "DATE": date,
        "VERSION": version,
        "SYNOPSIS": _synopsis(parser.prog, several=several),
        "COMMANDS": _commands(every, common, parser.prog),
        "OPTIONS": _arguments([*common, *options_without(parser, common)], parser.prog),
    }
    for name, text in filled.items():
        prose = prose.replace(f"@{name}@", text.rstrip("\n"))
    return prose


def options_without(
    parser: argparse.ArgumentParser, common: Iterable[argparse.Action]
) -> list[argparse.Action]:
    """List the program's own options that are not told already."""
    known = {each.dest for each in common}
    return [each for each in options(parser) if each.dest not in known]


def escaped(text: str) -> str:
    """Give text as roff prints it: a hyphen that can be copied, no stray request."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain


def _common(every: list[Command]) -> list[argparse.Action]:
    """List the options that every command takes: they are told once."""
    shared = set.intersection(
        *({each.dest for each in command.arguments} for command in every)
    )
    return [each for each in every[0].arguments if each.dest in shared]


def _synopsis(program: str, *, several: bool) -> str:
    words = "\n.I COMMAND\n[\\fIOPTION\\fR]..." if several else "\n[\\fIOPTION\\fR]..."
    return f".B {escaped(program)}{words}"


def _commands(every: list[Command], common: list[argparse.Action], program: str) -> str:
    known = {each.dest for each in common}
    lines = []
    for command in every:
        own = [each for each in command.arguments if each.dest not in known]
        names = "".join(
            f" \\fI{escaped(_metavar(each))}\\fR"
            for each in own
            if not each.option_strings
        )
        lines.append(f".SS {escaped(command.name)}{names}")
        lines.append(escaped(_sentence(command.help_text)))
        lines.append(_arguments(own, program))
    return "\n".join(line for line in lines if line)


def _arguments(actions: Iterable[argparse.Action], program: str) -> str:
    lines = []
    for action in actions:
        lines.append(".TP")
        lines.append(_term(action))
        text = help_text(action, program)
        if action.choices is not None:
            text = f"{text}; one of {', '.join(map(str, action.choices))}".strip("; ")
        lines.append(escaped(_sentence(text)))
    return "\n".join(lines)


def _term(action: argparse.Action) -> str:
    if not action.option_strings:
        return f".I {escaped(_metavar(action))}"
    value = "" if action.nargs == 0 else f" \\fI{escaped(_metavar(action))}\\fR"
    names = [f"\\fB{escaped(name)}\\fR{value}" for name in action.option_strings]
    return ", ".join(names)


def _metavar(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper().replace("_", "-"))


def _sentence(text: str) -> str:
    first = f"{text[:1].upper()}{text[1:]}"
    return first if first.endswith((".", "?", "!")) or not first else f"{first}."
