"""A backup of the portal: database and settings in one file, and the way back.

Secrets are in it only where that is asked for: with them whoever has the file reads
what the database seals, and asks the agents in the portal's name.
"""

import contextlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from portal.database.engine import Database
from portal.errors import PortalUnusable

_DATABASE, _SETTINGS, _SECRETS = "portal.db", "portal.yaml", "secrets/"
_MOST_BYTES = 1 << 30
_TABLES = ("person", "proof", "event")


def back_up(url: str, settings: Path, secrets: Path | None, to: Path) -> None:
    """Write a new file that its owner alone may read; the server goes on meanwhile.

    `secrets` is the folder with them, None where they stay out.
    """
    path = _path(url)
    content = {_DATABASE: _snapshot(path), _SETTINGS: _read(settings)}
    for file in sorted(secrets.iterdir()) if secrets is not None else []:
        if file.is_file():
            content[f"{_SECRETS}{file.name}"] = _read(file)
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        what = f"{to} can't be written: {error.strerror}"
        raise PortalUnusable(what, "name a file that is not there yet") from None
    with os.fdopen(handle, "wb") as out, tarfile.open(fileobj=out, mode="w") as tar:
        for name, held in content.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(held), 0o600
            tar.addfile(member, io.BytesIO(held))
        tar.close()
        out.flush()
        os.fsync(out.fileno())


def restore(file: Path, url: str, secrets: Path) -> dict[str, int]:
    """Put a backup in place of the database; say how much of each kind it has.

    What was there before stays beside it as `portal.db.before`. Secrets that the file
    holds are written only where there are none.
    """
    path = _path(url)
    content = _members(file)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    holder = Database(url)
    try:
        with _beside(path) as new:
            new.write_bytes(content[_DATABASE])
            counts = _counted(new, file)
            _put_aside(path)
            new.replace(path)
    finally:
        holder.close()
    for name, held in content.items():
        if name.startswith(_SECRETS):
            _write_secret(secrets / name.removeprefix(_SECRETS), held)
    return counts


def _path(url: str) -> Path:
    if not url.startswith("sqlite:"):
        raise PortalUnusable(
            "the database is PostgreSQL's", "use pg_dump and pg_restore"
        )
    return Path(make_url(url).database or "/")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"{path} can't be read: {error.strerror}"
        raise PortalUnusable(what, "run this as root") from None


def _snapshot(database: Path) -> bytes:
    """Copy a database as it is at one moment, also while it is written to."""
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.closing(
                sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
            ) as db,
        ):
            copy = Path(folder) / _DATABASE
            with contextlib.closing(sqlite3.connect(copy)) as target:
                db.backup(target)
            return copy.read_bytes()
    except sqlite3.Error as error:
        what = f"{database} can't be read: {type(error).__name__}"
        raise PortalUnusable(what, "name the right settings") from None


def _members(file: Path) -> dict[str, bytes]:
    """Read what a backup holds by its names alone, whatever paths are in it."""
    content = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                own = member.name.removeprefix(_SECRETS)
                known = member.name in (_DATABASE, _SETTINGS) or own != member.name
                plain = "/" not in own and not own.startswith(".")
                if known and plain and member.isreg() and member.size <= _MOST_BYTES:
                    extracted = tar.extractfile(member)
                    content[member.name] = extracted.read() if extracted else b""
    except OSError as error:
        what = f"{file} can't be read: {error.strerror}"
        raise PortalUnusable(what, "name a backup") from None
    except tarfile.TarError:
        raise _no_backup(file) from None
    if _DATABASE not in content:
        raise _no_backup(file)
    return content


def _no_backup(file: Path) -> PortalUnusable:
    remedy = "name a file that `writeback-portal backup` made"
    return PortalUnusable(f"{file} is no backup of a portal", remedy)


@contextlib.contextmanager
def _beside(database: Path) -> Iterator[Path]:
    """Give a file for its owner alone, of the folder's own owner, gone at the end."""
    handle, name = tempfile.mkstemp(dir=database.parent, prefix=f".{_DATABASE}.")
    os.close(handle)
    if os.geteuid() == 0:
        owner = database.parent.stat()
        os.chown(name, owner.st_uid, owner.st_gid)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _counted(database: Path, file: Path) -> dict[str, int]:
    """Check a database as a whole before it is put in place."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as db:
            (whole,) = db.execute("PRAGMA integrity_check").fetchone()
            if whole != "ok":
                raise _no_backup(file)
            return {
                table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
                for table in _TABLES
            }
    except sqlite3.Error:
        raise _no_backup(file) from None


def _put_aside(database: Path) -> None:
    """Keep the database that is there, with what its log holds."""
    if not database.exists():
        return
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(database)) as db,
    ):
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.replace(database.with_name(f"{database.name}.before"))
    for suffix in ("-wal", "-shm"):
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)


def _write_secret(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
