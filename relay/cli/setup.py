"""The command `setup`: from an installed package to a relay that serves."""

import argparse
import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from relay.cli import codes, portals
from relay.cli.words import command, opened
from relay.database.data_lock import DATABASE
from relay.database.portal_keys import read_statement
from relay.database.store import Store
from relay.errors import RelayUnusable
from relay.settings import (
    LISTEN,
    METRICS,
    SETTINGS_FILE,
    Settings,
    settings_of,
)
from relay.tls_files import TLS_FOLDER, USER, TlsFiles, has_service_user
from wire.server.address import host_port
from wire.server.socket_service import SocketService

_SERVICE = SocketService("writeback-relay", LISTEN)


def add_commands(commands: Any) -> None:
    text = "make this machine a relay: settings, database, first portal, first code"
    setup = command(commands, "setup", text, _set_up, without_data=True)
    setup.add_argument("--name", metavar="NAME", help="the DNS name it is reached by")
    setup.add_argument(
        "--cert", type=Path, metavar="PEM", help="its certificate, the chain after it"
    )
    setup.add_argument("--key", type=Path, metavar="PEM", help="its private key")
    setup.add_argument(
        *("--listen",),
        default=LISTEN,
        metavar="HOST:PORT",
        help=f"where it listens (default: {LISTEN})",
    )
    setup.add_argument("--portal", metavar="NAME", help="a first portal's name")
    setup.add_argument(
        "--statement", type=Path, metavar="FILE", help="that portal's own statement"
    )
    setup.add_argument(
        *("--settings",),
        type=Path,
        default=SETTINGS_FILE,
        metavar="FILE",
        help=f"where its settings go (default: {SETTINGS_FILE})",
    )
    setup.add_argument(
        "--only-data", action="store_true", help="make an empty database, nothing else"
    )
    setup.add_argument(
        "--no-start", action="store_true", help="leave the service as it is"
    )


def _set_up(arguments: argparse.Namespace) -> int:
    """Check everything first; what is there already is kept, so it can be repeated."""
    if arguments.only_data:
        _make_database(arguments.data)
        print(f"{arguments.data} holds the relay's database.")
        return 0
    files = _checked(arguments)
    _make_database(arguments.data)
    print(f"{arguments.data} holds the relay's database.")
    settings = _settings(arguments, _readable(files))
    _write(arguments.settings, settings)
    if arguments.portal:
        _add_portal(arguments)
    if arguments.settings == SETTINGS_FILE and not arguments.no_start:
        _start(settings)
    return 0


def _checked(arguments: argparse.Namespace) -> TlsFiles:
    """Look at all that was given before anything is made."""
    for option in ("name", "cert", "key"):
        if getattr(arguments, option) is None:
            raise RelayUnusable(
                f"setup needs --{option}",
                "give --name, --cert and --key; see docs/relay.md for ACME",
            )
    if (arguments.portal is None) != (arguments.statement is None):
        remedy = "the portal makes its statement: portal.py new-keys"
        raise RelayUnusable("--portal and --statement go together", remedy)
    if arguments.statement is not None:
        read_statement(arguments.statement)
    files = TlsFiles(arguments.cert.absolute(), arguments.key.absolute())
    _settings(arguments, files)
    files.check(arguments.name.lower())
    return files


def _settings(arguments: argparse.Namespace, files: TlsFiles) -> Settings:
    values = {
        "name": arguments.name,
        "certificate": files.certificate,
        "key": files.key,
        "listen": arguments.listen,
        "metrics": METRICS,
    }
    return settings_of(values, "the command line")


def _make_database(folder: Path) -> None:
    """Make folder and database unless they are there, for the service's user."""
    is_new = not (folder / DATABASE).exists()
    with contextlib.closing(Store(folder)):
        pass
    if is_new and has_service_user():
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, USER, USER)


def _readable(files: TlsFiles) -> TlsFiles:
    """Name them as they are where the service may read them, else copies."""
    if not has_service_user() or files.are_readable_by(USER):
        return files
    copies = files.copied_to(TLS_FOLDER, USER)
    print(f"The relay's user can't read {files.key}: copies are in {TLS_FOLDER}.")
    print("Have each renewal call:")
    print(f"  writeback-relay certificate --cert {files.certificate} --key {files.key}")
    return copies


def _write(path: Path, settings: Settings) -> None:
    values = settings.model_dump(mode="json", exclude_defaults=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    path.chmod(0o644)
    print(f"{path} holds the relay's settings.")


def _add_portal(arguments: argparse.Namespace) -> None:
    """Register the first portal, and make the relay's half of a code for it."""
    with opened(arguments) as store:
        is_known = store.portal(arguments.portal) is not None
    if is_known:
        print(f"The portal {arguments.portal} is registered already.")
        return
    data = ("--data", str(arguments.data))
    words = ("portal", "add", arguments.portal, *data)
    _run(portals.add_commands, *words, "--statement", str(arguments.statement))
    print("The relay's half of a first enrolment code, for the portal's owner:")
    _run(codes.add_commands, "code", "--portal", arguments.portal, *data)


def _run(add_commands: Callable[[Any], None], *words: str) -> None:
    """Run another command on the same data."""
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    chosen = parser.parse_args(words)
    chosen.run(chosen)


def _start(settings: Settings) -> None:
    """Have systemd listen and serve, from now on and at each boot."""
    if not _SERVICE.start_on(settings.listen):
        print(f"Start it: systemctl enable --now {' '.join(_SERVICE.units)}")
        return
    print(f"The relay serves on port {host_port(settings.listen)[1]}.")
