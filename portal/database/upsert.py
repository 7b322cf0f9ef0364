"""Inserts that say what happens where the row is there: both databases know them."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:  # where SQLite is used, 2 MiB that nothing needs
    from sqlalchemy.dialects import postgresql


def insert_into(
    connection: Connection, table: Table
) -> "sqlite.Insert | postgresql.Insert":
    """Begin an insert that may end in `on_conflict_do_update`."""
    return insert_of(connection.dialect.name, table)


def insert_of(dialect: str, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """Begin the same for a kind of database, by the name of its dialect."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)
