"""A backup of the relay: database and settings in one file, and the way back.

It holds the keys that tokens are signed with: whoever has the file can send and listen
as this relay's portals and agents until they are rotated.
"""

import contextlib
import io
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from relay.database.data_lock import DATABASE, serving
from relay.errors import RelayUnusable

_SETTINGS = "relay.yaml"
# a hundred thousand agents are below it
_MOST_BYTES = 1 << 30
_TABLES = ("portals", "codes", "agents")


def back_up(data: Path, settings: Path, to: Path) -> None:
    """Write a new file that its owner alone may read; the server goes on meanwhile."""
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        remedy = "name a file that is not there yet"
        raise RelayUnusable(
            f"{to} can't be written: {error.strerror}", remedy
        ) from None
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        _add(tar, DATABASE, _snapshot(data / DATABASE))
        if settings.is_file():
            _add(tar, _SETTINGS, settings.read_bytes())
        tar.close()
        file.flush()
        os.fsync(file.fileno())


def restore(file: Path, data: Path, settings: Path) -> dict[str, int]:
    """Put a backup in place of what is there; say how much of each kind it has.

    What was there before stays beside it as `relay.db.before`. The settings are
    written only where there are none.
    """
    content = _members(file)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with serving(data), _beside(data) as new:
        new.write_bytes(content[DATABASE])
        counts = _counted(new, file)
        _put_aside(data / DATABASE)
        new.replace(data / DATABASE)
    if _SETTINGS in content and not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_bytes(content[_SETTINGS])
    return counts


def _snapshot(database: Path) -> bytes:
    """Copy a database as it is at one moment, also while it is written to."""
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db,
    ):
        copy = Path(folder) / DATABASE
        with contextlib.closing(sqlite3.connect(copy)) as target:
            db.backup(target)
        return copy.read_bytes()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _members(file: Path) -> dict[str, bytes]:
    """Read what a backup holds by its names alone, whatever paths are in it."""
    content = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                known = member.name in (DATABASE, _SETTINGS) and member.isreg()
                if known and member.size <= _MOST_BYTES:
                    extracted = tar.extractfile(member)
                    content[member.name] = extracted.read() if extracted else b""
    except OSError as error:
        raise RelayUnusable(
            f"{file} can't be read: {error.strerror}", "name a backup"
        ) from None
    except tarfile.TarError:
        raise _no_backup(file) from None
    if DATABASE not in content:
        raise _no_backup(file)
    return content


def _no_backup(file: Path) -> RelayUnusable:
    remedy = "name a file that `writeback-relay backup` made"
    return RelayUnusable(f"{file} is no backup of a relay", remedy)


@contextlib.contextmanager
def _beside(data: Path) -> Iterator[Path]:
    """Give a file for its owner alone, of the folder's own owner, gone at the end."""
    handle, name = tempfile.mkstemp(dir=data, prefix=f".{DATABASE}.")
    os.close(handle)
    if hasattr(os, "chown") and os.geteuid() == 0:
        owner = data.stat()
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
    database.replace(database.with_name(f"{DATABASE}.before"))
    for suffix in ("-wal", "-shm"):
        database.with_name(f"{DATABASE}{suffix}").unlink(missing_ok=True)
