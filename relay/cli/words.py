"""The words of the command line: a command, and the forms of values."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[[argparse.Namespace], int]


def command(commands: Any, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    """Add a command that works on the relay's data; `run` gives its exit code."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=run)
    return parser


def address(text: str) -> tuple[str, int]:
    """Read HOST:PORT; an IPv6 address stands in brackets."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} must be HOST:PORT")
    return host.strip("[]"), int(port)


def hours(text: str) -> float:
    """Read a number of hours, at most a year."""
    value = float(text)
    if not 0 < value <= 24 * 366:
        raise argparse.ArgumentTypeError(f"{text} must be over 0 and within a year")
    return value
