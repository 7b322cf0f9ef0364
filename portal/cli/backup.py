"""The commands `backup` and `restore`."""

import argparse
from pathlib import Path

from portal.backup import back_up, restore
from portal.cli.places import add_places, secrets_of
from portal.settings import read_settings


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `backup` and `restore`."""
    backup = commands.add_parser(
        "backup", help="write database and settings into one file, while it serves"
    )
    backup.add_argument(
        "--with-secrets", action="store_true", help="the secrets too: guard the file"
    )
    backup.set_defaults(run=run_backup)
    back = commands.add_parser(
        "restore", help="put a backup in place of the database; stop the portal first"
    )
    back.set_defaults(run=run_restore)
    for each in (backup, back):
        each.add_argument("file", type=Path, metavar="FILE")
        add_places(each)


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup, and say what is not in it."""
    settings = read_settings(arguments.settings)
    folder = secrets_of(arguments).folder
    secrets = folder if arguments.with_secrets else None
    back_up(settings.database, arguments.settings, secrets, arguments.file)
    if secrets is None:
        print(f"{arguments.file} holds the portal's database and settings.")
        print(f"The secrets are not in it: keep a copy of {folder} apart from it.")
        print("Without row_keys and pepper everybody has to register again.")
    else:
        print(f"{arguments.file} holds the portal's database, settings and secrets.")
        print("Whoever has it can ask the agents as this portal: guard it as its disk.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place."""
    settings = read_settings(arguments.settings)
    folder = secrets_of(arguments).folder
    counts = restore(arguments.file, settings.database, folder)
    what = ", ".join(f"{table} {count}" for table, count in counts.items())
    print(f"Restored: {what}. What was there before is beside it, as .before.")
    return 0
