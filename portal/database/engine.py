"""Opens the portal's database, and runs what is asked of it in transactions.

SQLite by default: one process, write-ahead log, foreign keys on. PostgreSQL (psycopg)
where several nodes share it. Statements are synchronous and run in threads, so that no
page waits in the event loop for a disk.
"""

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from portal.errors import PortalUnusable
from wire.secret import Secret
from wire.server.database_file import belongs_to_folder

_KINDS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_REMEDY = (
    "database must be sqlite:////PATH or postgresql://USER@HOST/NAME; its password is "
    "the secret database_password, or peer authentication, never in the settings"
)
_BUSY_MS = 10_000
# PostgreSQL has as many connections. SQLite has one that writes: several would sleep
# until it is free, and wake up long after it was
_THREADS = 8
_READERS, _LOOKERS = 2, 4
_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


class Database:
    """A database that is open, until `close`."""

    def __init__(
        self,
        url: str,
        *,
        reading: bool = False,
        beside: bool = False,
        password: Secret | None = None,
    ) -> None:
        """Open it; PortalUnusable where the address is not in the form.

        SQLite refuses a second server; who is `reading` alone may come beside it, and
        can write nothing. A command that comes `beside` a server writes a row and goes:
        its transactions wait for the server's, and those for it. `password` is
        PostgreSQL's.
        """
        self.url = _checked(url)
        self._lock = None if reading or beside else _locked(self.url)
        more = {} if password is None else {"password": password.reveal()}
        made = _reading_engine if reading else _engine
        self.engine = made(self.url, more)
        writers = 1 if _is_sqlite(self.url) else _THREADS
        self._threads = ThreadPoolExecutor(writers, thread_name_prefix="database")
        self._lookers = ThreadPoolExecutor(_LOOKERS, thread_name_prefix="looking")
        # who looks through much takes no turn of who writes
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reading")
        self._reading = self.engine if reading else _reading_engine(self.url, more)

    def close(self) -> None:
        """End what is under way and close it."""
        self._threads.shutdown()
        self._readers.shutdown()
        self._lookers.shutdown()
        self.engine.dispose()
        self._reading.dispose()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction: all of it is done at its end, or nothing."""
        with self.engine.begin() as connection:
            yield connection

    async def run(
        self,
        work: Callable[Concatenate[Connection, _Parameters], _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Do a work in a transaction of its own, in a thread."""

        def whole() -> _Result:
            with self.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, whole)

    async def read(
        self,
        work: Callable[Concatenate[Connection, _Parameters], _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Do a work that writes nothing and may take long: no writer waits for it."""

        def whole(connection: Connection) -> _Result:
            return work(connection, *args, **kwargs)

        return await self._read(self._readers, whole)

    async def look(
        self,
        work: Callable[Concatenate[Connection, _Parameters], _Result],
        *args: _Parameters.args,
        **kwargs: _Parameters.kwargs,
    ) -> _Result:
        """Do a work that writes nothing and is short: it waits for no writer.

        It sees all that was written by a transaction that had ended before.
        """

        def whole(connection: Connection) -> _Result:
            return work(connection, *args, **kwargs)

        return await self._read(self._lookers, whole)

    async def _read(
        self, threads: ThreadPoolExecutor, work: Callable[[Connection], _Result]
    ) -> _Result:
        def whole() -> _Result:
            with self._reading.connect() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(threads, whole)


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise PortalUnusable("database: it is no address", _REMEDY) from None
    kind = parsed.drivername.partition("+")[0]
    if kind not in _KINDS:
        raise PortalUnusable(f"database: {kind!r} is not known here", _REMEDY)
    if parsed.password is not None:
        raise PortalUnusable("database: it holds a password", _REMEDY)
    if kind == "sqlite" and not (parsed.database or "").startswith("/"):
        raise PortalUnusable("database: the path must begin with /", _REMEDY)
    return parsed.set(drivername=_KINDS[kind])


def _engine(url: URL, more: dict[str, str]) -> Engine:
    if not _is_sqlite(url):
        return create_engine(
            url,
            connect_args=more,
            pool_size=_THREADS,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    _make_private(url)
    # each thread has a connection; who waits for the writer before waits this long
    engine = create_engine(
        url, connect_args={"timeout": _BUSY_MS / 1000}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_writing)
    return engine


def _reading_engine(url: URL, more: dict[str, str]) -> Engine:
    if not _is_sqlite(url):
        opened = create_engine(url, connect_args=more, hide_parameters=True)
        return opened.execution_options(
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )
    path = Path(url.database or "")
    if not path.exists():
        what = f"there is no {path}"
        raise PortalUnusable(
            what, "start the portal, or run `writeback-portal migrate`"
        )

    def connect() -> sqlite3.Connection:
        # no more than this: the server's files are its own, and stay so
        # a thread at a time has it, as the pool hands it out
        own = f"{path.as_uri()}?mode=ro"
        return sqlite3.connect(own, uri=True, check_same_thread=False)

    return create_engine(
        url,
        creator=connect,
        pool_size=_READERS + _LOOKERS,
        hide_parameters=True,
    )


def _make_private(url: URL) -> None:
    """Make SQLite's file its owner's alone; those beside it are as it is."""
    path = Path(str(url.database))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with suppress(PermissionError):  # another's file, which we may write
            path.chmod(0o600)
        belongs_to_folder(path)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        raise PortalUnusable(what, "give the portal a folder of its own") from None


def _prepare(connection: Any, _record: object) -> None:
    """Set up a connection of SQLite, and leave its transactions to us."""
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_writing(connection: Connection) -> None:
    # a transaction that reads first and then wants to write could not wait for another
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _locked(url: URL) -> int | None:
    """Hold SQLite's file for this process; PortalUnusable where another has it."""
    if not _is_sqlite(url):
        return None
    path = Path(f"{url.database}.lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        belongs_to_folder(path)
    except OSError as error:
        what = f"{path} can't be written: {error.strerror}"
        raise PortalUnusable(what, "give the portal a folder of its own") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise PortalUnusable(
            f"a portal works on {url.database}",
            "stop it first: systemctl stop writeback-portal; several nodes need "
            "PostgreSQL",
        ) from None
    return handle


def _is_sqlite(url: URL) -> bool:
    return url.drivername == "sqlite"
