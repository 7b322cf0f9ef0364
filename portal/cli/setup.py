"""Makes what a portal needs before its first start: its keys, each a file of its own.

What is there is kept: agents know the portal by its wire keys, and what the database
seals opens with no other row keys.
"""

import argparse
import os
import sys
from pathlib import Path

from portal.cli.places import SECRETS_FOLDER, add_places
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.keys.pepper import new_pepper
from portal.keys.row_keys import new_key
from wire.keys import PrivateKeys
from wire.secret import Secret


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `setup` and `send-key`."""
    parser = commands.add_parser("setup", help="make the portal's keys")
    add_places(parser)
    parser.set_defaults(run=set_up)
    parser = commands.add_parser(
        "send-key", help="keep the Send key of a relay; it is read from standard input"
    )
    parser.add_argument("relay", metavar="RELAY", help="the relay's id in the settings")
    add_places(parser)
    parser.set_defaults(run=keep_send_key)


def set_up(arguments: argparse.Namespace) -> int:
    """Make the keys that are missing."""
    folder = _folder(arguments)
    made = {
        secret_files.WIRE_KEYS: _wire_keys,
        secret_files.ROW_KEYS: new_key,
        secret_files.PEPPER: new_pepper,
    }
    for name, make in made.items():
        path = folder / name
        if path.exists():
            print(f"{path} is there, and stays")
            continue
        _write(path, make())
        print(f"made {path}")
    return 0


def keep_send_key(arguments: argparse.Namespace) -> int:
    """Keep a relay's Send key, in place of the one of before."""
    key = sys.stdin.readline().strip()
    if not key:
        raise PortalUnusable("standard input holds no key", "pipe the Send key in")
    path = _folder(arguments) / secret_files.send_key(arguments.relay)
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    _write(new, Secret(key))
    new.replace(path)
    print(f"wrote {path}")
    return 0


def _wire_keys() -> Secret:
    return PrivateKeys.generate().secret()


def _folder(arguments: argparse.Namespace) -> Path:
    folder: Path = arguments.secrets or SECRETS_FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        what = f"{folder} can't be made: {error.strerror}"
        raise PortalUnusable(what, "run this as root, or name --secrets") from None
    return folder


def _write(path: Path, secret: Secret) -> None:
    """Write a file that its owner alone may read; it is never written over."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        raise PortalUnusable(what, "run this as root, or name --secrets") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{secret.reveal()}\n")
        file.flush()
        os.fsync(file.fileno())
