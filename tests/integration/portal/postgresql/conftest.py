"""A PostgreSQL of the tests' own: on a socket in a folder, as who is not root."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from portal.database import schema
from portal.database.engine import Database
from portal.database.migrations import migrate

_USER = "postgres"
_QUICK = "-c listen_addresses= -c fsync=off -c max_connections=60"


def _programs() -> Path:
    """Give the folder of the newest PostgreSQL of Debian's."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    return found[-1].parent


def _run(*command: str | Path) -> None:
    """Run a program as an unprivileged user: PostgreSQL refuses root."""
    prefix = ["runuser", "-u", _USER, "--"] if os.geteuid() == 0 else []
    line = [*prefix, *map(str, command)]
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Give the address of a server, as the portal's settings spell it."""
    programs, folder = _programs(), Path(tempfile.mkdtemp(prefix="portal-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _USER)
    data, user = folder / "data", _USER
    try:
        _run(programs / "initdb", "-D", data, "-U", user, "-A", "trust", "-N")
        options = f"{_QUICK} -k {folder}"
        log = folder / "log"
        _run(
            *(programs / "pg_ctl", "-D", data, "-l", log),
            *("-o", options, "-w", "-t", "120", "start"),
        )
        try:
            yield f"postgresql://{user}@/postgres?host={folder}"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgresql(server: str) -> Iterator[str]:
    """Give its address; what a test leaves in it is not there for the next one."""
    yield server
    database = Database(server)
    with database.begin() as connection:
        there = set(inspect(connection).get_table_names())
        for table in reversed(schema.METADATA.sorted_tables):
            if table.name in there:
                connection.execute(table.delete())
    database.close()


@pytest.fixture
def nodes(postgresql: str) -> Iterator[tuple[Database, Database]]:
    """Two nodes on one database that has the tables, and nothing in them."""
    pair = Database(postgresql), Database(postgresql)
    migrate(pair[0])
    migrate(pair[1])
    yield pair
    for each in pair:
        each.close()
