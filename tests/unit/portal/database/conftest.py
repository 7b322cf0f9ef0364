"""A database of its own, with the portal's tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from portal.database import people
from portal.database.engine import Database
from tests.fixtures.portal.tables import put_tables

GUID = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(put_tables(tmp_path))
    yield made
    made.close()


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.begin() as connection:
        people.save(
            connection, GUID, domain="contoso", name="Anna", upn="a@x", language="en"
        )
        yield connection
