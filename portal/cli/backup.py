"""The commands `backup`, `restore` and, after other tools, `restored`."""

import argparse
import time
from pathlib import Path

from portal.backup import back_up, restore
from portal.cli.places import add_places, opened, secrets_of
from portal.database.migrations import migrate
from portal.database.restored import Settled, settle
from portal.settings import read_settings


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `backup`, `restore` and `restored`."""
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
    done = commands.add_parser(
        "restored", help="after pg_restore: end what may have been used since"
    )
    done.set_defaults(run=run_restored)
    for each in (back, done):
        each.add_argument(
            *("--keep-recovery-codes",),
            action="store_true",
            help="leave them good: none was used since the backup",
        )
    for each in (backup, back, done):
        add_places(each)


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup, and say what is not in it."""
    settings, secrets = read_settings(arguments.settings), secrets_of(arguments)
    held = secrets if arguments.with_secrets else None
    back_up(settings.database, arguments.settings, held, arguments.file)
    if held is None:
        print(f"{arguments.file} holds the portal's database and settings.")
        print(f"The secrets are not in it: keep a copy of {secrets.folder} apart.")
        print("Without row_keys and pepper everybody has to register again.")
    else:
        print(f"{arguments.file} holds the portal's database, settings and secrets.")
        print("Whoever has it can ask the agents as this portal: guard it as its disk.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place."""
    done = restore(
        arguments.file,
        read_settings(arguments.settings).database,
        secrets_of(arguments).folder,
        now=int(time.time()),
        keep_codes=arguments.keep_recovery_codes,
    )
    what = ", ".join(f"{table} {count}" for table, count in done.counts.items())
    print(f"Restored: {what}. What was there before is beside it, as .before.")
    _say(done.settled, keep_codes=arguments.keep_recovery_codes)
    return 0


def run_restored(arguments: argparse.Namespace) -> int:
    """Settle a database that another tool put back; no portal may serve meanwhile."""
    keep = bool(arguments.keep_recovery_codes)
    database = opened(arguments)
    try:
        migrate(database)
        with database.begin() as connection:
            settled = settle(connection, None, now=int(time.time()), keep_codes=keep)
    finally:
        database.close()
    _say(settled, keep_codes=keep)
    return 0


def _say(done: Settled, *, keep_codes: bool) -> None:
    print(f"Ended: {done.visits} visits, {done.sign_ins} sign-ins,")
    print(f"{done.registration_codes} registration codes, and wizards that waited.")
    print("Codes of apps are good again from the next minute on.")
    print(f"Not sent: {done.messages} messages that waited; they may have been sent.")
    if done.codes_known:
        print(f"Used since, and good no more: {done.recovery_codes} recovery codes.")
        print(f"Blocked since, and blocked again: {done.blocked} people.")
    elif keep_codes:
        print("Recovery codes that were used since the backup are good again.")
    else:
        print(f"Used up: all {done.recovery_codes} recovery codes, as nobody knows")
        print("which were used since; people make new ones on their page.")
    print("Verification methods that were removed since the backup are back: see")
    print("method_removed in your last export of the audit.")
