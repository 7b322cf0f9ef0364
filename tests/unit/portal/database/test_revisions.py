"""Each revision is one that the version before bears: nodes are upgraded one by one.

While one node has the newer version and its tables, another one of the version before
still reads and writes them.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from portal.database import migrations
from portal.database.engine import Database

_SCRIPTS = ScriptDirectory(str(migrations._FOLDER))
_ALL = [each.revision for each in reversed([*_SCRIPTS.walk_revisions()])]
_STEPS = [*pairwise(_ALL)]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = Database(f"sqlite:///{tmp_path}/portal.db")
    with database.begin() as connection:
        yield connection
    database.close()


def burdens(connection: Connection, before: dict[str, Any]) -> list[str]:
    """Say what keeps the version before from reading or writing what is there now."""
    now, found = tables(connection), []
    for name, old in before.items():
        if name not in now:
            found.append(f"{name} is gone")
            continue
        new = now[name]
        found += [
            f"{name}.{each} is gone"
            for each in old["columns"].keys() - new["columns"].keys()
        ]
        for column, (kind, needed) in new["columns"].items():
            if column not in old["columns"]:
                found += [f"{name}.{column} must be given"] if needed else []
            elif (kind, needed) != old["columns"][column]:
                found.append(f"{name}.{column} is another one")
        found += [
            f"{name}: {each} must be one" for each in new["unique"] - old["unique"]
        ]
        found += [f"{name}: {each} must be there" for each in new["keys"] - old["keys"]]
    return sorted(found)


def tables(connection: Connection) -> dict[str, Any]:
    """Give the tables as a program meets them: columns, and what is refused."""
    seen = inspect(connection)
    return {
        name: {
            "columns": {
                each["name"]: (
                    str(each["type"]),
                    not each["nullable"] and each["default"] is None,
                )
                for each in seen.get_columns(name)
            },
            "unique": {
                *(tuple(u["column_names"]) for u in seen.get_unique_constraints(name)),
                *(
                    tuple(map(str, index["column_names"]))
                    for index in seen.get_indexes(name)
                    if index["unique"]
                ),
            },
            "keys": {
                tuple(each["constrained_columns"])
                for each in seen.get_foreign_keys(name)
            },
        }
        for name in seen.get_table_names()
    }


@pytest.mark.parametrize(("before", "after"), _STEPS)
def test_the_version_before_bears_it(
    connection: Connection, before: str, after: str
) -> None:
    config = migrations._config(connection)
    command.upgrade(config, before)
    had = tables(connection)
    command.upgrade(config, after)
    assert burdens(connection, had) == []


@pytest.mark.parametrize(
    ("change", "burden"),
    [
        ("DROP TABLE told", "told is gone"),
        ("ALTER TABLE agent DROP COLUMN statement", "agent.statement is gone"),
        ("ALTER TABLE agent RENAME COLUMN statement TO said", "statement is gone"),
        ("CREATE UNIQUE INDEX one ON person (upn)", "('upn',) must be one"),
        (
            "DROP TABLE told; CREATE TABLE told (kind TEXT, who TEXT NOT NULL)",
            "told.who must be given",
        ),
    ],
)
def test_what_it_does_not_bear_is_found(
    connection: Connection, change: str, burden: str
) -> None:
    command.upgrade(migrations._config(connection), "head")
    had = tables(connection)
    for statement in change.split("; "):
        connection.execute(text(statement))
    assert any(burden in each for each in burdens(connection, had))
