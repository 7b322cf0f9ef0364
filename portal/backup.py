"""A backup of the portal: database and settings in one file, and the way back.

Secrets are in it only where that is asked for: with them whoever has the file reads
what the database seals, and asks the agents in the portal's name.
"""

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.database.restored import Settled, TakenSince, settle, taken_since
from portal.errors import PortalUnusable
from portal.keys.secret_files import SecretFiles
from portal.settings import DATABASE
from wire.server import backup_file, database_file
from wire.server.backup_file import BackupKind

_SETTINGS, _SECRETS = "portal.yaml", "secrets/"
_KIND = BackupKind("portal", DATABASE)
_TABLES = ("person", "proof", "event")


@dataclass(frozen=True)
class Restored:
    """What was put back: rows of each kind, and what is good no more."""

    counts: dict[str, int]
    settled: Settled


def back_up(url: str, settings: Path, secrets: SecretFiles | None, to: Path) -> None:
    """Write a new file that its owner alone may read; the server goes on meanwhile.

    `secrets` are put in too, None where they stay out.
    """
    path = sqlite_path(url)
    content = {DATABASE: _snapshot(path), _SETTINGS: _read(settings)}
    if secrets is not None:
        for name in secrets.names():
            content[f"{_SECRETS}{name}"] = secrets.read(name).reveal().encode()
    backup_file.write(to, content)


def restore(
    file: Path, url: str, secrets: Path, *, now: int, keep_codes: bool
) -> Restored:
    """Put a backup in place of the database.

    What was there before stays beside it as `portal.db.before`. Secrets that the file
    holds are written only where there are none. What may have been used since the
    backup is good no more (`portal.database.restored`); `keep_codes`: recovery codes
    are, where nothing is known of those that were used since.
    """
    path = sqlite_path(url)
    content = _KIND.read(file, _is_known)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    holder = Database(url)
    try:
        with database_file.beside(path) as new:
            new.write_bytes(content[DATABASE])
            counts = database_file.counted(new, _TABLES)
            if counts is None:
                raise _KIND.refused(file)
            since = taken_since(path)
            settled = _settled(new, since, now=now, keep_codes=keep_codes)
            database_file.put_in_place(new, path)
    finally:
        holder.close()
    for name, held in content.items():
        if name.startswith(_SECRETS):
            _write_secret(secrets / name.removeprefix(_SECRETS), held)
    return Restored(counts, settled)


def sqlite_path(url: str) -> Path:
    """Give the file of an address; PortalUnusable where it is PostgreSQL's."""
    if not url.startswith("sqlite:"):
        raise PortalUnusable(
            "the database is PostgreSQL's",
            "use pg_dump and pg_restore, and after that `writeback-portal restored`",
        )
    return Path(make_url(url).database or "/")


def _is_known(name: str) -> bool:
    own = name.removeprefix(_SECRETS)
    is_secret = own != name and "/" not in own and not own.startswith(".")
    return is_secret or name in (DATABASE, _SETTINGS)


def _settled(
    new: Path, since: TakenSince | None, *, now: int, keep_codes: bool
) -> Settled:
    """Bring a database to this version and settle it, before it is put in place."""
    database = Database(f"sqlite:///{new}")
    try:
        migrate(database, keep=False)
        with database.begin() as connection:
            return settle(connection, since, now=now, keep_codes=keep_codes)
    finally:
        database.close()
        new.with_name(f"{new.name}.lock").unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"{path} can't be read: {error.strerror}"
        raise PortalUnusable(what, "run this as root") from None


def _snapshot(database: Path) -> bytes:
    try:
        return database_file.snapshot(database)
    except sqlite3.Error as error:
        what = f"{database} can't be read: {type(error).__name__}"
        raise PortalUnusable(what, "name the right settings") from None


def _write_secret(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
