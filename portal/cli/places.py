"""Where a command finds settings and secrets: options that all commands have."""

import argparse
from pathlib import Path

from portal.database.engine import Database
from portal.keys import secret_files
from portal.keys.secret_files import SecretFiles
from portal.settings import SETTINGS_FILE, read_settings

SECRETS_FOLDER = Path("/etc/writeback-portal/secrets")


def add_places(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where settings and secrets are."""
    parser.add_argument("--settings", type=Path, default=SETTINGS_FILE, metavar="FILE")
    parser.add_argument(
        "--secrets",
        type=Path,
        metavar="FOLDER",
        help="the folder with the secrets (default: what systemd names, else "
        f"{SECRETS_FOLDER})",
    )


def secrets_of(arguments: argparse.Namespace) -> SecretFiles:
    """Give the secrets of a command."""
    if arguments.secrets is not None:
        return SecretFiles(arguments.secrets)
    return SecretFiles.of_service() or SecretFiles(SECRETS_FOLDER)


def opened(arguments: argparse.Namespace, *, reading: bool = False) -> Database:
    """Open the database of the settings, with its password where it has one."""
    settings = read_settings(arguments.settings)
    password = None
    if not settings.database.startswith("sqlite:"):
        password = secrets_of(arguments).find(secret_files.DATABASE_PASSWORD)
    return Database(settings.database, reading=reading, password=password)
