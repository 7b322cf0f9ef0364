"""A server's SQLite file: copied at one moment, checked, put in place of another.

What root makes in the server's folder belongs to the folder's owner: the server is
another user, and could not open it.
"""

import contextlib
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

BEFORE = ".before"


def belongs_to_folder(path: Path) -> None:
    """Give a file that root made to the owner of its folder."""
    if sys.platform != "win32" and os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def snapshot(database: Path) -> bytes:
    """Copy a database as it is at one moment, also while it is written to.

    sqlite3.Error where it can't be read.
    """
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(sqlite3.connect(address, uri=True)) as db,
    ):
        copy = Path(folder) / database.name
        with contextlib.closing(sqlite3.connect(copy)) as target:
            db.backup(target)
        return copy.read_bytes()


@contextmanager
def beside(database: Path) -> Iterator[Path]:
    """Give an empty file for its owner alone in the same folder, gone at the end."""
    handle, name = tempfile.mkstemp(dir=database.parent, prefix=f".{database.name}.")
    os.close(handle)
    new = Path(name)
    belongs_to_folder(new)
    try:
        yield new
    finally:
        for suffix in ("", "-wal", "-shm"):
            new.with_name(f"{new.name}{suffix}").unlink(missing_ok=True)


def counted(database: Path, tables: Sequence[str]) -> dict[str, int] | None:
    """Count the rows of tables; None where it is no whole database that has them."""
    try:
        with contextlib.closing(sqlite3.connect(database)) as db:
            (whole,) = db.execute("PRAGMA integrity_check").fetchone()
            if whole != "ok":
                return None
            return {
                table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
                for table in tables
            }
    except sqlite3.Error:
        return None


def put_in_place(new: Path, database: Path) -> None:
    """Put a database in place; the one that is there stays, with what its log holds."""
    if database.exists():
        with contextlib.suppress(sqlite3.Error):  # a damaged one is kept as it is
            _take_in_log(database)
        database.replace(database.with_name(f"{database.name}{BEFORE}"))
        for suffix in ("-wal", "-shm"):
            database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
    _take_in_log(new)
    new.replace(database)


def _take_in_log(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
