"""Alembic's entry: runs revisions in the transaction that `migrations` opened."""

from alembic import context

from portal.database import call_tables  # noqa: F401 - its tables are there too
from portal.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA
)
context.run_migrations()
