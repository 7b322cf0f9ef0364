"""The command `certificate`: what a renewal calls."""

import argparse
from pathlib import Path
from typing import Any

from relay.cli.words import command
from relay.settings import SETTINGS_FILE, read_settings, settings_of
from relay.tls_files import TLS_FOLDER, USER, TlsFiles, has_service_user


def add_commands(commands: Any) -> None:
    text = "copy a renewed certificate and its key to where the relay reads them"
    renewed = command(commands, "certificate", text, _take, without_data=True)
    renewed.add_argument("--cert", type=Path, required=True, metavar="PEM")
    renewed.add_argument("--key", type=Path, required=True, metavar="PEM")
    for name, default in (("settings", SETTINGS_FILE), ("folder", TLS_FOLDER)):
        renewed.add_argument(
            f"--{name}",
            type=Path,
            default=default,
            metavar="PATH",
            help=f"its {name} (default: {default})",
        )


def _take(arguments: argparse.Namespace) -> int:
    settings = settings_of(read_settings(arguments.settings), str(arguments.settings))
    files = TlsFiles(arguments.cert, arguments.key)
    files.check(settings.name)
    group = USER if has_service_user() else None
    copies = files.copied_to(arguments.folder, group)
    print(f"{copies.certificate} is new; a relay that serves takes it up by itself.")
    return 0
