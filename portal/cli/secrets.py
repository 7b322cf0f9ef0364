"""The portal's secrets: made, kept, and sealed to this machine.

The commands `send-key` and `seal-secrets`; `setup` makes the keys.
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
from portal.keys.secret_files import SecretFiles, seal
from wire.keys import PrivateKeys
from wire.secret import Secret


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `send-key` and `seal-secrets`."""
    parser = commands.add_parser(
        "send-key", help="keep the Send key of a relay; it is read from standard input"
    )
    parser.add_argument("relay", metavar="RELAY", help="the relay's id in the settings")
    add_places(parser)
    parser.set_defaults(run=keep_send_key)
    parser = commands.add_parser(
        "seal-secrets", help="seal all secrets to this machine (systemd-creds)"
    )
    add_places(parser)
    parser.set_defaults(run=seal_secrets)


def make_keys(folder: Path) -> None:
    """Make the keys that are missing."""
    made = {
        secret_files.WIRE_KEYS: lambda: PrivateKeys.generate().secret(),
        secret_files.ROW_KEYS: new_key,
        secret_files.PEPPER: new_pepper,
    }
    for name, make in made.items():
        there = SecretFiles(folder).path(name)
        if there.exists():
            print(f"{there} is there, and stays")
            continue
        keep(folder / name, make())
        print(f"made {folder / name}")


def keep_send_key(arguments: argparse.Namespace) -> int:
    """Keep a relay's Send key, in place of the one of before."""
    key = sys.stdin.readline().strip()
    if not key:
        raise PortalUnusable("standard input holds no key", "pipe the Send key in")
    folder: Path = arguments.secrets or SECRETS_FOLDER
    path = folder / secret_files.send_key(arguments.relay)
    keep(path, Secret(key))
    print(f"wrote {path}")
    return 0


def seal_secrets(arguments: argparse.Namespace) -> int:
    """Seal each secret, read it back, and only then remove the one in clear."""
    files = SecretFiles(arguments.secrets or SECRETS_FOLDER)
    files.sealed.mkdir(mode=0o700, exist_ok=True)
    clear = [files.folder / name for name in files.names()]
    for path in filter(Path.exists, clear):
        secret = files.read(path.name)
        sealed = files.sealed / path.name
        sealed.unlink(missing_ok=True)
        seal(secret, path.name, sealed)
        aside = path.rename(path.with_name(f".{path.name}.clear"))
        if files.read(path.name).reveal() != secret.reveal():
            aside.rename(path)
            raise PortalUnusable(f"{sealed} is not what was sealed", "see systemd")
        aside.unlink()
        print(f"sealed {sealed}")
    print("Only this machine opens them: keep a copy elsewhere, for another one.")
    return 0


def keep(path: Path, secret: Secret) -> None:
    """Keep a secret in a file that its owner alone may read, in place of another."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{secret.reveal()}\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        raise PortalUnusable(what, "run this as root, or name --secrets") from None
