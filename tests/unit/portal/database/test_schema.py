"""The tables that the revisions make are those that the portal works with."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from portal.database.schema import METADATA


def test_revisions_make_the_tables_of_the_schema(connection: Connection) -> None:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, METADATA) == []
