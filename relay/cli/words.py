"""The words of the command line: a command, and the forms of values."""

import argparse
import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from relay.database.records import Portal
from relay.database.store import Store
from relay.errors import RelayUnusable
from relay.settings import DATA_FOLDER

Run = Callable[[argparse.Namespace], int]


def command(
    commands: Any, name: str, text: str, run: Run, *, without_data: bool = False
) -> argparse.ArgumentParser:
    """Add a command that works on the relay's data; `run` gives its exit code.

    Unless it does `without_data`, it is not run where there is none.
    """
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.add_argument(
        *("--data",),
        type=Path,
        default=DATA_FOLDER,
        metavar="DIR",
        help=f"the folder with its database (default: {DATA_FOLDER})",
    )
    parser.set_defaults(run=run, without_data=without_data)
    return parser


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Store]:
    """Open the relay's data."""
    with contextlib.closing(Store(arguments.data)) as store:
        yield store


def portal_named(store: Store, name: str) -> Portal:
    """Give a portal; RelayUnusable where none has this name."""
    portal = store.portal(name)
    if portal is None:
        raise RelayUnusable(
            f"there is no portal {name!r}",
            "see `writeback-relay portal list`; `portal add` registers one",
        )
    return portal


def hours(text: str) -> float:
    """Read a number of hours, at most a year."""
    value = float(text)
    if not 0 < value <= 24 * 366:
        raise argparse.ArgumentTypeError(f"{text} must be over 0 and within a year")
    return value
