"""The database's file is the portal's alone, and its errors name nobody."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from portal.database import people
from portal.database.engine import Database
from portal.database.migrations import migrate
from portal.database.schema import PERSON


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    before = os.umask(0o022)
    try:
        opened = Database(f"sqlite:///{tmp_path}/portal.db")
        migrate(opened)
        yield opened
        opened.close()
    finally:
        os.umask(before)


def test_no_other_user_reads_its_files(database: Database, tmp_path: Path) -> None:
    with database.begin():
        files = [*tmp_path.glob("portal.db*")]
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in files}
    assert set(modes) >= {"portal.db", "portal.db-wal"}
    assert set(modes.values()) == {"0o600"}


def test_an_error_has_no_values(database: Database) -> None:
    person = people.RegisteredPerson(
        "no such person", "contoso", "Anna", "anna", "en", None, None, None, 0
    )
    with pytest.raises(IntegrityError) as raised, database.begin() as connection:
        people.know_browser(connection, "the hash of a cookie", person, 1)
    assert "the hash of a cookie" not in str(raised.value)


async def test_who_reads_for_long_keeps_nobody_from_writing(database: Database) -> None:
    begun, done = threading.Event(), threading.Event()

    def look(connection: Connection) -> int:
        connection.scalar(select(func.count()).select_from(PERSON))
        begun.set()
        assert done.wait(30), "nobody could write meanwhile"
        return connection.scalar(select(func.count()).select_from(PERSON)) or 0

    reading = asyncio.create_task(database.read(look))
    await asyncio.to_thread(begun.wait)
    await database.run(people.save, "g", domain="d", name="n", upn="u", language="en")
    done.set()
    await reading


async def test_who_reads_writes_nothing(database: Database) -> None:
    with pytest.raises(OperationalError):
        await database.read(
            people.save, "g", domain="d", name="n", upn="u", language="en"
        )


async def test_who_looks_waits_for_no_writer_and_sees_what_was_written(
    database: Database,
) -> None:
    await database.run(people.save, "g", domain="d", name="n", upn="u", language="en")
    with database.begin():  # nobody else may write now
        found = await database.look(people.find, "g")
    assert found is not None
    assert found.name == "n"
    with pytest.raises(OperationalError):
        await database.look(
            people.save, "h", domain="d", name="n", upn="u", language="en"
        )


async def test_writers_come_one_after_the_other_and_none_sleeps(
    database: Database, tmp_path: Path
) -> None:
    at_once = 0

    def write(connection: Connection, guid: str) -> None:
        nonlocal at_once
        at_once += 1
        assert at_once == 1
        people.save(connection, guid, domain="d", name="n", upn="u", language="en")
        at_once -= 1

    await asyncio.gather(*(database.run(write, f"g{n}") for n in range(20)))
    assert await database.look(people.find, "g19") is not None
