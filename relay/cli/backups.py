"""The commands `backup` and `restore`."""

import argparse
from pathlib import Path
from typing import Any

from relay.backup import back_up, restore
from relay.cli.words import command
from relay.settings import SETTINGS_FILE


def add_commands(commands: Any) -> None:
    text = "write database and settings into one file, while the relay serves"
    backup = command(commands, "backup", text, _back_up)
    text = "put a backup in place of the database; the relay must be stopped"
    back = command(commands, "restore", text, _restore, without_data=True)
    for each in (backup, back):
        each.add_argument("file", type=Path, metavar="FILE")
        each.add_argument(
            *("--settings",),
            type=Path,
            default=SETTINGS_FILE,
            metavar="FILE",
            help=f"the settings (default: {SETTINGS_FILE})",
        )


def _back_up(arguments: argparse.Namespace) -> int:
    back_up(arguments.data, arguments.settings, arguments.file)
    print(f"{arguments.file} holds the relay's database and settings.")
    print("It holds keys: keep it as you keep the relay's own disk.")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    counts = restore(arguments.file, arguments.data, arguments.settings)
    what = ", ".join(f"{count} {table}" for table, count in counts.items())
    print(f"Restored: {what}. What was there before is relay.db.before beside it.")
    return 0
