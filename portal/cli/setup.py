"""The command `setup`: from an installed package to a portal that serves.

What is there is kept: agents know the portal by its wire keys, what the database seals
opens with no other row keys, and settings may have been written by hand.
"""

import argparse
import getpass
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import make_url

from portal.cli.places import SECRETS_FOLDER, add_places
from portal.cli.secrets import keep, make_keys
from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.errors import PortalUnusable
from portal.keys import secret_files
from portal.keys.secret_files import SecretFiles
from portal.settings import (
    LISTEN,
    SETTINGS_FILE,
    Settings,
    read_settings,
    settings_of,
)
from wire.secret import Secret
from wire.server.socket_service import SocketService

_SERVICE = SocketService("writeback-portal", LISTEN)
_PROXY = ("127.0.0.1/32", "::1/128")  # on this machine
# what there is no portal without, and the question for it
_NEEDED = {
    "base_url": "What people type, such as https://password.example.com: ",
    "organization": "The organization's name, as pages and mails show it: ",
}
_NEXT = """\
What is next (docs/portal.md has each step):
  1. the relay's owner registers this portal, by what `writeback-portal statement` says
  2. writeback-portal add-relay main --url https://RELAY   (what that printed, piped in)
  3. writeback-portal add-agent NAME --domain DOMAIN --fingerprint ...
  4. writeback-portal check"""


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add `setup`."""
    parser = commands.add_parser(
        "setup", help="make keys, settings and database, and start the service"
    )
    given = parser.add_argument
    given("--base-url", metavar="URL", help="what people type: https://HOST")
    given("--organization", metavar="NAME", help="shown on pages and in mails")
    given("--issuer", metavar="URL", help="who signs requests (default: --base-url)")
    given("--listen", metavar="HOST:PORT", help=f"where it listens (default: {LISTEN})")
    given(
        *("--proxy",),
        action="append",
        metavar="NETWORK",
        help="the front proxy's network (default: this machine)",
    )
    given("--cert", type=Path, metavar="PEM", help="where no front proxy ends TLS")
    given("--key", type=Path, metavar="PEM", help="its private key")
    given(
        "--database", metavar="URL", help="of PostgreSQL (default: SQLite, in a file)"
    )
    given(
        *("--database-password-file",),
        type=Path,
        metavar="FILE",
        help="with PostgreSQL's password, where it is no peer",
    )
    _add_mail(parser)
    given("--only-keys", action="store_true", help="make the keys, nothing else")
    given("--no-start", action="store_true", help="leave the service as it is")
    add_places(parser)
    parser.set_defaults(run=set_up)


def _add_mail(parser: argparse.ArgumentParser) -> None:
    given = parser.add_argument
    given("--mail", metavar="HOST[:PORT]", help="the mail server (default port: 587)")
    given("--mail-security", choices=("starttls", "tls", "none"))
    given("--mail-sender", metavar="ADDRESS", help="whose mails they are")
    given("--mail-user", metavar="NAME", help="who signs in there")
    given(
        *("--mail-password-file",),
        type=Path,
        metavar="FILE",
        help="with that user's password (it is asked for else)",
    )


def set_up(arguments: argparse.Namespace) -> int:
    """Check all that was given, then make what is missing; it can be repeated."""
    folder: Path = arguments.secrets or SECRETS_FOLDER
    if arguments.only_keys:
        make_keys(folder)
        return 0
    path: Path = arguments.settings
    is_new = not path.exists()
    settings = _settings(arguments) if is_new else read_settings(path)
    passwords = _passwords(arguments, settings, folder) if is_new else {}
    make_keys(folder)
    for name, password in passwords.items():
        keep(folder / name, password)
    if is_new:
        write_settings(path, settings)
    print(f"{path} {'holds the settings' if is_new else 'is there, and stays'}")
    _make_database(settings)
    if path == SETTINGS_FILE and not arguments.no_start:
        _start(settings)
    print(_NEXT if not settings.agents else "See: writeback-portal check")
    return 0


def write_settings(path: Path, settings: Settings) -> None:
    """Write settings in place of those of before; they hold no secret."""
    values = settings.model_dump(mode="json", exclude_defaults=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
        new.chmod(0o644)
        new.replace(path)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        raise PortalUnusable(what, "run this as root") from None


def _settings(arguments: argparse.Namespace) -> Settings:
    values: dict[str, Any] = {name: getattr(arguments, name) for name in _NEEDED}
    for name, question in _NEEDED.items():
        if values[name] is None:
            option = f"--{name.replace('_', '-')}"
            if not sys.stdin.isatty():
                raise PortalUnusable(f"setup needs {option}", "see --help")
            values[name] = input(question).strip()
    values["issuer"] = arguments.issuer or values["base_url"]
    values["listen"] = arguments.listen or LISTEN
    if (arguments.cert is None) != (arguments.key is None):
        raise PortalUnusable("--cert and --key go together", "give both, or none")
    if arguments.cert is not None:
        values["tls"] = {
            "certificate": str(arguments.cert.absolute()),
            "key": str(arguments.key.absolute()),
        }
    values["trusted_proxies"] = arguments.proxy or (
        [] if arguments.cert is not None else list(_PROXY)
    )
    if arguments.database:
        values["database"] = arguments.database
    if arguments.mail:
        values["mail"] = _mail(arguments)
    return settings_of(values, "the command line")


def _mail(arguments: argparse.Namespace) -> dict[str, Any]:
    host, _, port = arguments.mail.partition(":")
    given = {
        "port": int(port) if port.isdecimal() else port or None,
        "security": arguments.mail_security,
        "user": arguments.mail_user,
    }
    named = {name: value for name, value in given.items() if value is not None}
    return {"host": host, "sender": arguments.mail_sender or "", **named}


def _passwords(
    arguments: argparse.Namespace, settings: Settings, folder: Path
) -> dict[str, Secret]:
    """Read the passwords that the settings need, before anything is made."""
    found, kept = {}, SecretFiles(folder)
    if arguments.database_password_file is not None:
        path = arguments.database_password_file
        found[secret_files.DATABASE_PASSWORD] = _read(path)
    has_user = settings.mail is not None and settings.mail.user is not None
    if arguments.mail_password_file is not None:
        found[secret_files.MAIL_PASSWORD] = _read(arguments.mail_password_file)
    elif has_user and kept.find(secret_files.MAIL_PASSWORD) is None:
        if not sys.stdin.isatty():
            raise PortalUnusable("setup needs --mail-password-file", "see --help")
        asked = getpass.getpass("The password of that user at the mail server: ")
        found[secret_files.MAIL_PASSWORD] = Secret(asked)
    return found


def _read(path: Path) -> Secret:
    return SecretFiles(path.absolute().parent).read(path.name)


def _make_database(settings: Settings) -> None:
    """Make SQLite's file; the service makes the tables in PostgreSQL, as its user."""
    url = make_url(settings.database)
    if not url.drivername.startswith("sqlite"):
        print("the tables are made when the portal starts")
        return
    folder = Path(str(url.database)).parent
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)
        if has_service_user():
            shutil.chown(folder, _SERVICE.name, _SERVICE.name)
    database = Database(settings.database)
    try:
        migrate(database)
    finally:
        database.close()
    print(f"{url.database} holds the database")


def has_service_user() -> bool:
    """Say whether there is the package's user here."""
    import pwd

    return any(each.pw_name == _SERVICE.name for each in pwd.getpwall())


def _start(settings: Settings) -> None:
    if _SERVICE.start_on(settings.listen):
        print(f"the portal serves on {settings.listen}")
    else:
        print(f"start it: systemctl enable --now {' '.join(_SERVICE.units)}")
